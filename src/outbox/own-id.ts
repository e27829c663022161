import type { Ts } from '../events/timestamp.ts';
import type { Ledger } from '../projections/ledger.ts';
import type { Clock } from '../setup/clock.ts';
import type { Slack } from '../slack/slack.ts';

/**
 * The bot's own id, by which people mention it; undefined where nobody of these messages mentions anybody, or Slack does not say.
 * `about` limits it to some messages.
 */
export type OwnId = (ledgers: readonly Ledger[], about?: ReadonlySet<Ts>) => Promise<string | undefined>;

/** Events wait while Slack is asked: so one that does not answer is asked again only after a while. */
const AGAIN_MILLISECONDS = 60_000;

/** Asks Slack for the bot's own id when somebody is mentioned for the first time: before the bot has said anything, no event tells it. */
export const createOwnId = (slack: Pick<Slack, 'ownId'> | undefined, clock: Pick<Clock, 'elapsed'>): OwnId => {
  let asked: { answer: Promise<string | undefined>; at: number } | undefined;
  return async (ledgers, about) => {
    if (!slack?.ownId || !isAnybodyMentioned(ledgers, about)) return undefined;
    const known = await asked?.answer;
    if (known || (asked && clock.elapsed() - asked.at < AGAIN_MILLISECONDS)) return known;
    asked = { answer: slack.ownId(), at: clock.elapsed() };
    return asked.answer;
  };
};

const isAnybodyMentioned = (ledgers: readonly Ledger[], about: ReadonlySet<Ts> | undefined): boolean =>
  ledgers.some(({ messages }) =>
    [...(about ?? Object.keys(messages))].some((ts) => (messages[ts]?.content?.mentions?.length ?? 0) > 0),
  );
