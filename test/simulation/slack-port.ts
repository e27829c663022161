import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import type { Workspace } from '../../src/sandbox/workspace.ts';
import type { Found, OutgoingMessage, Sent, Slack, Within } from '../../src/slack/slack.ts';
import { requireAnswer } from '../../src/slack/transport.ts';
import { ephemeralArguments, judge, postArguments, updateArguments } from '../../src/slack/writer.ts';
import { ZONES } from './people.ts';
import { dateAt, type Ground, type Process } from './process.ts';

/** What has become visible in Slack, as Slack itself knows. */
export interface Deeds {
  /** How many messages were posted, by week and effect (`2024-W32 week.open:2024-W32`): an alarm may come again another week. */
  posted: Map<string, number>;
  /** How late each was posted: ms after the moment it was first asked for… as Slack's clock has it. */
  postedAt: Map<string, number>;
  hinted: Map<string, number>;
  /** Not before then may this effect be asked for again by the same method: Slack's limits are by method. */
  closedUntil: Map<string, { at: number; process: Process }>;
  /** Calls that came although Slack had said to wait. */
  impatient: string[];
  tokenBadUntil: number;
  /** The weekly posts, as they come. */
  weekly: string[];
  calls: number;
}

export const nothingDone = (): Deeds => ({
  posted: new Map(),
  postedAt: new Map(),
  hinted: new Map(),
  closedUntil: new Map(),
  impatient: [],
  tokenBadUntil: 0,
  weekly: [],
  calls: 0,
});

type Answer = Record<string, unknown> & { ok?: boolean; error?: string };

const CALL_SECONDS = 10; // The client gives a call up after so long; Slack may do it until then.
const UNKNOWN_CODES = ['team_on_the_moon', 'quota_of_the_day_exceeded'];
const LOST = new Error('the answer was lost');

/** Slack as one process of the bot reaches it: every call may fail before the deed, after it, or be done although it failed. */
export const slackOf = (
  workspace: Workspace,
  deeds: Deeds,
  process: Process,
  ground: Ground,
  moved: () => void,
): Slack => {
  const { timeline, faults, random } = ground;

  const run = (method: string, args: Record<string, unknown>): Answer => {
    const { body } = workspace.call(method, workspace.bot.token, args);
    moved();
    return body as Answer;
  };

  const platform = (error: string): never => {
    throw new WebAPIPlatformError({ ok: false, error });
  };

  /** HTTP 200 with something that is no answer: what that means, the shipped transport says. */
  const noAnswer = (whole: Answer): never => {
    const text = JSON.stringify(whole);
    const forms = [
      '',
      text.slice(0, Math.floor(text.length / 2)),
      '<html>Bad gateway</html>',
      'ok',
      '[]',
      '{"ok":false}',
    ];
    const form = forms[Math.floor(random() * forms.length)] as string;
    requireAnswer(form);
    return platform(form);
  };

  const guard = (about: string, method: string): void => {
    const now = timeline.now();
    const call = `${about} by ${method}`;
    const closed = deeds.closedUntil.get(call);
    // A process that died has forgotten it, and so has a queue that was not told.
    if (closed && closed.process === process && closed.at > now && faults.rate('queue: not put back') === 0)
      deeds.impatient.push(call);
    if (deeds.tokenBadUntil > now) platform('invalid_auth');
    if (faults.strikes('slack: token no good for a while')) {
      deeds.tokenBadUntil = now + 1000 * (30 + random() * 600);
      platform('invalid_auth');
    }
    if (faults.strikes('slack: refused for good')) platform('not_in_channel');
    if (faults.strikes('slack: an error code that nobody knows'))
      platform(UNKNOWN_CODES[Math.floor(random() * UNKNOWN_CODES.length)] as string);
    if (!faults.strikes('slack: 429')) return;
    const seconds = [1, 5, 30, 90][Math.floor(random() * 4)] as number;
    // To the second, and a process may be a second ahead of its own clock's last tick.
    deeds.closedUntil.set(call, { at: now + (seconds - 1) * 1000, process });
    throw new WebAPIRateLimitedError(seconds);
  };

  const timeOut = async (): Promise<never> => {
    await process.wait(CALL_SECONDS * 1000);
    throw LOST;
  };

  /** A call that writes; `done` notes what has become visible. */
  const writing = async (
    about: string,
    method: string,
    args: Record<string, unknown>,
    done: (answer: Answer) => void,
  ): Promise<Answer> => {
    deeds.calls += 1;
    const deed = (): Answer => {
      const answer = run(method, args);

      if (answer.ok) done(answer);
      return answer;
    };
    const late = (): void => timeline.at(timeline.now() + random() * CALL_SECONDS * 1000, deed);
    const answered = process.clockCheck.watch();
    await process.send('crash before a call to Slack');
    guard(about, method);
    if (faults.strikes('crash during a call to Slack')) {
      if (random() < 0.7) late();
      process.die();
      return process.wait(0) as never;
    }
    if (faults.strikes('slack: time-out before the deed')) return timeOut();
    if (faults.strikes('slack: 5xx before the deed')) throw LOST;
    if (faults.strikes('slack: 200 without an answer, before the deed')) noAnswer({ ok: true });
    if (faults.strikes('slack: time-out, deed done late')) {
      late();
      return timeOut();
    }
    const answer = deed();
    await process.wait(20 + random() * 200);
    if (faults.strikes('slack: time-out, deed done')) return timeOut();
    if (faults.strikes('slack: 5xx after the deed')) throw LOST;
    if (faults.strikes('slack: 200 without an answer, deed done')) noAnswer(answer);
    answered(dateAt(timeline));
    if (faults.strikes('slack: internal_error after the deed')) platform('internal_error');
    if (!answer.ok) platform(answer.error ?? '');
    return answer;
  };

  const send = async (
    about: string,
    method: string,
    args: Record<string, unknown>,
    done: (answer: Answer) => void,
  ): Promise<Sent> => {
    try {
      const { channel, ts, message_ts, message } = (await writing(about, method, args, done)) as Record<string, never>;
      return { outcome: 'sent', channel: channel ?? String(args['channel']), ts: ts ?? message_ts, message };
    } catch (error) {
      return judge(error);
    }
  };

  const idOf = ({ metadata }: OutgoingMessage): string =>
    `${metadata?.event_payload['week']} ${metadata?.event_payload['effect']}`;
  const count = (counts: Map<string, number>, id: string) => (answer: Answer) => {
    if (id.includes(' week.open:')) deeds.weekly.push(String(answer['ts']));
    counts.set(id, (counts.get(id) ?? 0) + 1);
    deeds.postedAt.set(id, timeline.now());
  };

  return {
    post: (message) => {
      const id = idOf(message);
      return send(id, 'chat.postMessage', { ...postArguments(message) }, count(deeds.posted, id));
    },
    change: (message) => send(idOf(message), 'chat.update', { ...updateArguments(message) }, () => {}),
    whisper: (message) => {
      const id = idOf(message);
      return send(id, 'chat.postEphemeral', { ...ephemeralArguments(message) }, count(deeds.hinted, id));
    },
    find: async (effect, to, within): Promise<Found> => {
      await process.pass('crash before a call to Slack');
      if (faults.strikes('slack: look-up fails')) return { outcome: 'unknown' };
      return find(run, effect, to, within);
    },
    profile: async (user) => {
      await process.pass('crash before a call to Slack');
      if (faults.strikes('slack: profile fails')) return undefined;
      const { user: found } = run('users.info', { user }) as {
        user?: { is_bot: boolean; profile: { display_name: string; real_name: string } };
      };
      if (!found) return undefined;
      const name = found.profile.display_name || found.profile.real_name;
      return { name, bot: found.is_bot, ...(ZONES[user] ? { tz: ZONES[user] } : {}) };
    },
  };
};

interface Shown {
  ts: string;
  metadata?: { event_payload?: Record<string, unknown> };
}

const find = (
  run: (method: string, args: Record<string, unknown>) => Answer,
  effect: string,
  to: string,
  within: Within,
): Found => {
  const opened = to.startsWith('U')
    ? (run('conversations.open', { users: to })['channel'] as { id: string } | undefined)
    : { id: to };
  if (!opened) return { outcome: 'unknown' };
  const { id: channel } = opened;
  const answer = run('conversations.history', {
    channel,
    ...within,
    inclusive: 'true',
    include_all_metadata: 'true',
    limit: '999',
  });
  if (!answer.ok || answer['has_more']) return { outcome: 'unknown' };
  for (const message of answer['messages'] as Shown[]) {
    const payload = message.metadata?.event_payload;
    if (payload?.['effect'] === effect)
      return {
        outcome: 'found',
        channel,
        ts: message.ts,
        attempt: Number(payload['attempt']),
        message: message as never,
      };
  }
  return { outcome: 'absent' };
};
