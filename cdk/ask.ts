import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Unanswered } from './usage.ts';

/** Whether the person types what is expected. */
export type Agree = (question: string, expected: string) => Promise<boolean>;

/** Asks whoever is at the streams. Throws `Unanswered` with the sentence `unanswered` when their input ends, or they end it, before an answer. */
export const asking =
  (input: Readable, output: Writable, unanswered: string): Agree =>
  async (question, expected) => {
    const lines = createInterface({ input, output, prompt: question });
    // The answer may come with the end of the input right behind it: whichever is told first counts.
    const answer = await new Promise<string | undefined>((resolve) => {
      lines.once('close', () => resolve(undefined));
      lines.once('line', resolve); // Also one that no line feed ends, which its `question` passes over.
      lines.prompt();
    });
    lines.close();
    if (answer !== undefined) return answer.trim() === expected;
    output.write('\n');
    throw new Unanswered(unanswered);
  };
