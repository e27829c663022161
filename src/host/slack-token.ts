import { Refused } from '../events/errors.ts';
import type { Reader } from '../slack/reader.ts';
import type { Sent, Slack } from '../slack/slack.ts';
import type { Health } from './health.ts';

/** A writer that reports to `health` whether Slack accepts its token. */
export const watchToken = (writer: Slack, health: Health): Slack => {
  const heard = (sent: Sent): Sent => {
    if (sent.outcome === 'sent') health.set('slack-token', false);
    if (sent.outcome === 'refused' && sent.pause) health.set('slack-token', true);
    return sent;
  };
  return {
    ...writer,
    post: async (message) => heard(await writer.post(message)),
    change: async (message) => heard(await writer.change(message)),
    whisper: async (message) => heard(await writer.whisper(message)),
  };
};

/** A refused token is looked at again every minute, since somebody may be mending it; a good one only now and then. */
const REFUSED_MILLISECONDS = 60_000;
const GOOD_MILLISECONDS = 600_000;

/** Asks Slack at once, and then periodically, whether it accepts the token; `onRefused` gets Slack's code. Gives a function that stops it. */
export const askAboutToken = (
  reader: Pick<Reader, 'whoAmI'>,
  health: Health,
  onRefused: (code: string) => void,
): (() => void) => {
  const isRefused = (): boolean => health.reasons().includes('slack-token');
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const ask = async (): Promise<void> => {
    try {
      await reader.whoAmI();
      if (!isOver) health.set('slack-token', false);
    } catch (error) {
      // What passes says nothing about the token.
      if (error instanceof Refused && !isOver) {
        if (!isRefused()) onRefused(String(error.cause));
        health.set('slack-token', true);
      }
    }
    if (isOver) return;
    timer = setTimeout(() => void ask(), isRefused() ? REFUSED_MILLISECONDS : GOOD_MILLISECONDS).unref();
  };
  void ask();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
};
