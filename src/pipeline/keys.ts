import type { Month, Week } from '../events/week.ts';

/** Where everything derived lies. */
export const keys = {
  ledger: (channel: string, week: Week) => `ledgers/${channel}/${week}.json`,
  people: (channel: string) => `tables/${channel}/people.json`,
  rows: (channel: string, month: Month) => `tables/${channel}/months/${month}.json`,
  /** Private, and no part of what is folded. */
  seen: 'seen/interactions.json',
  reinstall: 'seen/reinstall.json',
  asked: (channel: string) => `seen/${channel}/asked.json`,
  comparison: (channel: string) => `seen/${channel}/comparison.json`,
  homes: 'tables/homes.json',
  challenges: 'snapshots/challenges.json',
  index: (channel: string) => `snapshots/${channel}/index.json`,
  members: (channel: string) => `snapshots/${channel}/members.json`,
  member: (channel: string, id: string) => `snapshots/${channel}/members/${id}.json`,
  week: (channel: string, week: Week) => `snapshots/${channel}/weeks/${week}.json`,
  month: (channel: string, month: Month) => `snapshots/${channel}/months/${month}.json`,
};
