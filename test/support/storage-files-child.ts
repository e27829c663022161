// Works on a bucket in a folder from a process of its own: MODE create ROOT NAME COUNT | MODE count ROOT NAME COUNT | MODE stream ROOT NAME
// MODE is `links`, or `no-links` for a disk that has none.
import { Conflict } from '../../src/events/errors.ts';
import { filesBucket } from '../../src/store/files.ts';
import { withoutLinks } from './storage-faults.ts';

const [disk = '', mode = '', root = '', name = '', count = '0'] = process.argv.slice(2);
const bucket = filesBucket(root, disk === 'no-links' ? { system: withoutLinks() } : {});
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Tries to create the same keys as everybody, and says which ones were created here. */
const create = async (): Promise<void> => {
  const numbers = Array.from({ length: Number(count) }, (_, at) => at);
  const answers = await Promise.all(numbers.map((at) => bucket.putNew(`race/${at % 3}/${at}`, bytes(`${name} ${at}`))));
  for (const [at, answer] of answers.entries()) if (answer.created) console.log(`created ${at}`);
};

const raise = async (): Promise<void> => {
  const object = await bucket.get('count');
  if (!object) throw new Error('there is no counter');
  const next = String(Number(new TextDecoder().decode(object.bytes)) + 1);
  await bucket.putIf('count', bytes(next), object.etag).catch((error: unknown) => {
    if (error instanceof Conflict) return raise();
    throw error;
  });
};

/** Creates and replaces without end, and prints what has been acknowledged. */
const stream = async (): Promise<void> => {
  for (let at = 0; ; at += 1) {
    const key = `stream/${name}/${at % 4}/${at}`;
    const answer = await bucket.putNew(key, bytes(`${at} `.repeat(500)));
    console.log(`created ${key}`);
    if (!answer.created || at % 2 === 0) continue;
    await bucket.putIf(key, bytes(`${at}+`.repeat(900)), answer.etag);
    console.log(`replaced ${key}`);
  }
};

if (mode === 'create') await create();
if (mode === 'count') for (let left = Number(count); left > 0; left -= 1) await raise();
if (mode === 'stream') await stream();
