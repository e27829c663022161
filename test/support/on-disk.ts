import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The files anywhere under a folder that hold a text, names relative to the folder. */
export const filesHolding = (folder: string, text: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(folder, name);
    return statSync(path, { throwIfNoEntry: false })?.isFile() && readFileSync(path, 'latin1').includes(text);
  });

/** Resolves when it is so, and rejects when it is not within 15 s. */
export const until = async (isSo: () => boolean): Promise<void> => {
  for (const end = Date.now() + 15_000; !isSo(); ) {
    if (Date.now() > end) throw new Error(`still not so: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
