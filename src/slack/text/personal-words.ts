import type { EffectOf } from '../../handlers/effect.ts';

/** What the bot says to one person alone of its own accord, as functions of what is already safe to show. One object per language. */
export interface PersonalWords {
  /** Four wordings, which take turns. */
  remind: readonly ((ends: EffectOf<'remind'>['ends']) => string)[];
  /** Of a week off after which the run goes on. */
  noteRun(run: number): string;
  notePast(posts: number, longest: number): string;
  comeback(why: EffectOf<'comeback'>['why'], posts: number): string;
  /** `name`: undefined when nobody knows it. */
  firststep(name: string | undefined): string;
  /** Why a message came, below it. */
  because: {
    'wrote lately': string;
    'planned to write': string;
    note: string;
    comeback: string;
    firststep: string;
  };
  buttons: {
    thread: string;
    rest: string;
    off: string;
    plan: string;
    pause: string;
    start: string;
    readOnly: string;
    me: string;
  };
}
