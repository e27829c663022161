import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Failure } from './shell.ts';

/** Somebody at a terminal. Both ways to ask throw `Failure` when they end the conversation by Ctrl+C or Ctrl+D. */
export interface Person {
  /** Asks one question; an empty answer is `otherwise`. Blanks around an answer are no part of it. */
  ask(question: string, otherwise?: string): Promise<string>;
  /** The same for a secret: what is typed is not shown. */
  askHidden(question: string): Promise<string>;
  say(line: string): void;
}

/** The person at this process's terminal. Questions go to standard error, so that standard output is what was done. */
export const atTerminal = (stopped: () => string): Person & { close(): void } => {
  let isHidden = false;
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      if (!isHidden) process.stderr.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  lines.once('close', () => ended.reject(new Failure(stopped())));

  const answerTo = async (question: string): Promise<string> => {
    try {
      return (await Promise.race([lines.question(question), ended.promise])).trim();
    } catch (error) {
      process.stderr.write('\n');
      throw error instanceof Failure ? error : new Failure(stopped(), { cause: error });
    }
  };

  return {
    ask: async (question, otherwise = '') =>
      (await answerTo(otherwise ? `${question} [${otherwise}] ` : `${question} `)) || otherwise,
    askHidden: async (question) => {
      process.stderr.write(`${question} `);
      isHidden = true;
      try {
        return await answerTo('');
      } finally {
        isHidden = false;
        process.stderr.write('\n');
      }
    },
    say: (line) => void process.stderr.write(`${line}\n`),
    close: () => lines.close(),
  };
};
