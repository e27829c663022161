import { serveIn } from './serving.ts';

// A server in a process of its own, to be killed: prints its port when it listens, and ends in order on SIGTERM.
const running = await serveIn(process.argv[2] as string);
process.stdout.write(`${running.port}\n`);
process.once('SIGTERM', () => void running.stop().then(() => process.exit(0)));
// Whoever started it is gone.
process.stdin.resume().once('end', () => process.exit(1));
