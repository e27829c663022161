import { parseConfig } from '../src/setup/config.ts';
import { serveIn } from '../test/support/serving.ts';
import { SECRET } from '../test/support/signed.ts';
import { CHANNEL } from '../test/support/world.ts';

// node bench/answer-server.ts FOLDER API_URL TOKEN: the whole server on a folder's history, with Slack at that address; prints its port when it has begun.
const [folder = '', apiUrl = '', botToken = ''] = process.argv.slice(2);
const running = await serveIn(folder, {
  settings: parseConfig({ challenges: [{ channel: CHANNEL }] }, 'bench'),
  slack: { signingSecrets: [SECRET], botToken, apiUrl },
});
await running.settled();
process.stdout.write(`${running.port}\n`);
