import { Refused } from '../events/errors.ts';
import type { CliText } from './text/cli-text.ts';
import { en } from './text/en.ts';
import type { ErrorText } from './text/error-text.ts';

/** A command's refusal, in whatever language it is told; its own message, which programs read, is English. */
export class Told extends Refused {
  readonly #say: (errors: ErrorText) => string;

  constructor(say: (errors: ErrorText) => string, options?: { cause?: unknown }) {
    super(say(en.errors), options);
    this.name = 'Refused';
    this.#say = say;
  }

  in({ errors }: CliText): string {
    return this.#say(errors);
  }
}
