import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWorker } from '../../src/host/worker.ts';
import { createBookkeeping } from '../../src/pipeline/bookkeeping.ts';
import { publishMonth } from '../../src/pipeline/publish.ts';
import { jobOf } from '../../src/queue/jobs.ts';
import { type FileSystem, realFileSystem } from '../../src/store/disk.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { filesBucket } from '../../src/store/files.ts';
import { slackSeason } from '../support/slack-season.ts';
import { CHANNEL, challengeWith } from '../support/world.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'til-costs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What was asked of a disk: files made, forced writes (of files and folders), and bytes; and of the encoder. */
interface Asked {
  files: number;
  forced: number;
  bytes: number;
  read: number;
  /** Characters of documents and events that were made into bytes anew. */
  encoded: number;
}

/** The disk, with what is asked of it counted. */
const countingSystem = () => {
  const asked: Asked = { files: 0, forced: 0, bytes: 0, read: 0, encoded: 0 };
  const system: FileSystem = {
    ...realFileSystem,
    open: async (path, flags) => {
      const handle = await realFileSystem.open(path, flags);
      if (flags === 'wx') asked.files += 1;
      return {
        ...handle,
        writeFile: (bytes) => {
          asked.bytes += bytes.length;
          return handle.writeFile(bytes);
        },
        sync: () => {
          asked.forced += 1;
          return handle.sync();
        },
      };
    },
    readFileSync: (path) => {
      const bytes = realFileSystem.readFileSync(path);
      asked.read += bytes.length;
      return bytes;
    },
  };
  return { asked, system };
};

/** What the last ten events of a week with so much in it cost on a disk, in batches of so many, each with its snapshots. */
const costOfTen = async (replies: number, reactions: number, batch: 1 | 10): Promise<Asked> => {
  const { asked, system } = countingSystem();
  const log = filesBucket(join(folder, `${replies}`, 'log'), { system });
  const state = filesBucket(join(folder, `${replies}`, 'state'), { system, boot: 'this one' });
  const challenge = challengeWith({});
  const documents = openDocuments(state);
  const ports = { log, documents, challenges: [challenge] };
  const worker = createWorker({ ...ports, bookkeeping: createBookkeeping(ports) });
  const [week = []] = slackSeason({ seed: 7, weeks: 1, firstWeek: 1, members: 28, replies, reactions });
  const jobs = week.map((payload, number) => ({
    ...jobOf(`${number}`, CHANNEL, { kind: 'event', payload }),
    received: 1,
    handle: '',
  }));
  const handle = async (some: typeof jobs): Promise<void> => {
    const { failed, changed } = await worker.handle(some);
    expect(failed).toEqual([]);
    for (const { month } of changed) await publishMonth(documents, challenge, month);
  };
  await handle(jobs.slice(0, -10));
  Object.assign(asked, { files: 0, forced: 0, bytes: 0, read: 0 });
  const encode = vi.spyOn(TextEncoder.prototype, 'encode');
  for (let at = jobs.length - 10; at < jobs.length; at += batch) await handle(jobs.slice(at, at + batch));
  const encoded = encode.mock.calls.reduce((sum, [text = '']) => sum + text.length, 0);
  encode.mockRestore();
  return { ...asked, encoded };
};

// Exact, or below a bound where the texts of payloads decide: whoever changes a number says in the commit why it is worth it.
test.each([
  { replies: 10, reactions: 100, batch: 1, files: 30, forced: 20, written: 110_000, read: 190_000, encoded: 12_000 },
  { replies: 60, reactions: 900, batch: 1, files: 60, forced: 20, written: 850_000, read: 200_000, encoded: 32_000 },
  { replies: 60, reactions: 900, batch: 10, files: 19, forced: 11, written: 100_000, read: 100_000, encoded: 12_000 },
] as const)(
  'ten events more after $reactions reactions, $batch at a time, cost as many files and forced writes as they did',
  async (expected) => {
    const { files, forced, bytes, read, encoded } = await costOfTen(
      expected.replies,
      expected.reactions,
      expected.batch,
    );
    expect({ files, forced }).toEqual({ files: expected.files, forced: expected.forced });
    expect(bytes).toBeLessThan(expected.written);
    expect(read).toBeLessThan(expected.read);
    expect(encoded).toBeLessThan(expected.encoded);
  },
);
