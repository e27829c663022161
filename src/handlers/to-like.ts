import { compareTs, type Ts } from '../events/timestamp.ts';
import type { Month } from '../events/week.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import type { Ledger } from '../projections/ledger.ts';
import { readMonth } from '../projections/participation.ts';

/** Somebody's counted post. */
export interface ToLike {
  ts: Ts;
  thread?: Ts;
  author: string;
  title?: string;
}

/** So many are shown. */
const MOST = 5;

/** The latest counted posts of others in a month that somebody does not like, newest first. */
export const toLike = (challenge: Challenge, user: string, month: Month, ledgers: readonly Ledger[]): ToLike[] =>
  readMonth(month, ledgers, rulesOf(challenge))
    .replies.filter(({ counted, author, likes }) => counted && author !== user && likes.get(user)?.live !== true)
    .sort((left, right) => compareTs(right.ts, left.ts))
    .slice(0, MOST)
    .map(({ ts, thread, author, links }) => {
      const title = links.find((link) => link.title)?.title;
      return { ts, author, ...(thread ? { thread } : {}), ...(title ? { title } : {}) };
    });
