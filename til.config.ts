import type { Config } from './src/setup/config.ts';

// The challenge(s) that this deployment runs. Everything but `channel` has a default; docs/configuration.md lists all fields.
export default {
  challenges: [
    {
      channel: 'C0TILCHAN1',
      name: 'TIL',
      timeZone: 'Asia/Seoul',
    },
  ],
} satisfies Config;
