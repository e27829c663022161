import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

// unit: pure code and servers on loopback; dashboard: components without a browser; browser: pages in headless Chromium.
export default defineConfig({
  test: {
    maxWorkers: '100%', // By default one core is left idle: of two, that is half of the time.
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/dashboard/**', 'test/browser/**'],
          setupFiles: ['test/support/seed.ts'],
          testTimeout: 300_000, // A busy machine takes many times what an idle one does.
          hookTimeout: 300_000,
        },
      },
      {
        plugins: [svelte({ configFile: './dashboard/svelte.config.js' }), svelteTesting()],
        test: { name: 'dashboard', environment: 'happy-dom', include: ['test/dashboard/**/*.test.ts'] },
      },
      {
        test: {
          name: 'browser',
          environment: 'node',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
