import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSpool } from '../../src/queue/spool.ts';
import { queueContract } from '../contract/queue.ts';

const newFolder = () => mkdtempSync(join(tmpdir(), 'til-spool-'));

queueContract('spool', async () => {
  const root = newFolder();
  let now = 1_722_816_000_000;
  const queue = openSpool(root, { clock: { now: () => now }, visibilitySeconds: 30 });
  return {
    queue,
    visibilitySeconds: 30,
    advance: async (seconds) => void (now += seconds * 1000),
    close: async () => {
      await queue.close();
      rmSync(root, { recursive: true });
    },
  };
});
