import type { Event } from '../../src/events/catalog.ts';
import { createEngine, type EnginePorts } from '../../src/host/engine.ts';
import { tickJob, type Wanted } from '../../src/outbox/tick.ts';
import type { ChangedMonth } from '../../src/pipeline/bookkeeping.ts';
import { keys } from '../../src/pipeline/keys.ts';
import { publishMonth } from '../../src/pipeline/publish.ts';
import { type JobBody, jobOf } from '../../src/queue/jobs.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import type { Job, NewJob } from '../../src/queue/queue.ts';
import { createWorkspace } from '../../src/sandbox/workspace.ts';
import { type ClockCheck, createClockCheck } from '../../src/setup/clock-check.ts';
import type { SendAnswer } from '../../src/slack/response-url.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { memoryBucket } from '../../src/store/memory.ts';
import type { SandboxSlackOptions } from './sandbox-slack.ts';
import { Crash, sandboxSlack } from './sandbox-slack.ts';
import { CHANNEL, challengeWith, contents } from './world.ts';

export const BOT = {
  id: 'U0TILBOT01',
  botId: 'B0TILBOT01',
  appId: 'A0TILAPP01',
  name: 'TIL 챌린지 봇',
  token: 'xoxb-test',
};

const PEOPLE = [
  ['U0MINSEO01', '민서'],
  ['U0JIHO0001', '지호'],
  ['U0SEOYEON1', '서연'],
  ['U0ADMIN001', '매니저'],
] as const;

export interface BotOptions extends SandboxSlackOptions {
  config?: Record<string, unknown>;
  /** Monday 5 August 2024, 09:00 in Seoul, unless said otherwise. */
  startsAt?: string;
  /** Whether the bot looks at how far its clock is from Slack's. */
  checksClock?: boolean;
  log?: Bucket;
  state?: Bucket;
  /** Further challenges, in whose channels nothing happens by itself. */
  others?: Record<string, unknown>[];
  sendAnswer?: SendAnswer;
  /** What Slack's answers say of the app's rights, and the second way for alarms; absent: nothing, and none. */
  talk?: Pick<EnginePorts, 'canTalk' | 'needsReinstall' | 'tell'>;
  /** Whether people can press buttons. */
  canTalk?: boolean;
  /** What the configuration calls the slash command. */
  command?: string;
  /** Called before the bot puts jobs of its own on the queue; may throw. */
  beforePut?: () => void;
}

/** The whole bot in virtual time, against a sandbox workspace: nothing waits, nothing is random. */
export const createBot = (options: BotOptions = {}) => {
  let time = Date.parse(options.startsAt ?? '2024-08-05T09:00:00+09:00');
  let off = 0;
  const clock = {
    now: () => time + off,
    elapsed: () => time,
    sleep: async (milliseconds: number) => {
      time += milliseconds;
    },
    after: () => () => {},
  };
  const clockCheck: ClockCheck = createClockCheck(clock, async () => clockCheck.watch()(new Date(time).toUTCString()));
  const workspace = createWorkspace({
    now: () => time,
    bot: BOT,
    members: PEOPLE.map(([id, name]) => ({ id, name, displayName: `${name} 님`, admin: id === 'U0ADMIN001' })),
    channels: [{ id: CHANNEL, name: 'til', members: [BOT.id, ...PEOPLE.map(([id]) => id)] }],
  });
  const challenge = challengeWith({ admins: ['U0ADMIN001'], ...options.config });
  const log = options.log ?? memoryBucket();
  const state = options.state ?? memoryBucket();
  const queue = memoryQueue({ clock: { now: () => time, after: clock.after } });
  const ownQueue = {
    put: async (jobs: NewJob[]): Promise<void> => {
      if (jobs.length > 0) options.beforePut?.();
      await queue.put(jobs);
    },
  };
  const happenings: string[] = [];
  const changed: ChangedMonth[] = [];
  let documents = openDocuments(state);

  const engineWith = (fields: Partial<EnginePorts>) =>
    createEngine({
      settings: {
        challenges: [challenge, ...(options.others ?? []).map((fields) => challengeWith(fields))],
        command: options.command,
      },
      log,
      documents,
      queue: ownQueue,
      clock,
      report: (happening, fields) => void happenings.push(`${happening} ${JSON.stringify(fields)}`),
      changed: (months) => void changed.push(...months),
      writer: sandboxSlack(workspace, BOT.token, options),
      ...(options.checksClock ? { clockCheck } : {}),
      ...(options.canTalk ? { canTalk: () => true } : {}),
      ...(options.sendAnswer ? { sendAnswer: options.sendAnswer } : {}),
      ...options.talk,
      ...fields,
    });
  const start = (fields: Partial<EnginePorts> = {}) => {
    documents = openDocuments(state);
    return engineWith(fields);
  };
  let engine = start();
  let sequence = 0;

  /** Hears what Slack delivers, and handles every job that may be taken now. */
  const settle = async (): Promise<void> => {
    for (;;) {
      for (const { payload } of workspace.take()) {
        await queue.put([jobOf(String(sequence++), CHANNEL, { kind: 'event', payload })]);
      }
      const jobs = await queue.take(10, 0);
      if (jobs.length === 0) return;
      await handle(jobs);
    }
  };

  const handle = async (jobs: Job[]): Promise<void> => {
    for (const ofGroup of Map.groupBy(jobs, ({ group }) => group).values()) {
      const outcome = await engine.handle(ofGroup);
      const { done, failed } = outcome;
      await queue.done(done);
      for (const { job, error, delaySeconds } of failed.toReversed()) {
        if (error) happenings.push(`failed ${String(error)}`);
        await queue.retry(job, delaySeconds ?? 1);
      }
      for (const each of [...outcome.changed, ...changed.splice(0)])
        await publishMonth(documents, each.challenge, each.month);
    }
  };

  const bot = {
    challenge,
    workspace,
    queue,
    log,
    state,
    happenings,
    clock,
    settle,
    /** Sets the machine's clock wrong, or right again: by so many seconds it is ahead. Slack's stays as it is. */
    setClockAhead: (seconds: number) => void (off = seconds * 1000),
    /** Lets time pass in steps, so that whatever waits gets its turn. */
    pass: async (seconds: number): Promise<void> => {
      const end = time + seconds * 1000;
      while (time < end) {
        // While nothing waits, nothing can happen.
        time = (await queue.list()).length === 0 ? end : Math.min(end, time + 10_000);
        await settle();
      }
    },
    /** Lives until an instant, by the one schedule: every five minutes it is asked what is due, or less often. */
    liveUntil: async (end: string, everyMinutes = 5): Promise<void> => {
      const step = everyMinutes * 60_000;
      while (time < Date.parse(end)) {
        time = Math.min(Date.parse(end), (Math.floor(time / step) + 1) * step);
        const scheduledAt = new Date(time).toISOString();
        await queue.put([jobOf(`due/${scheduledAt}`, 'due', { kind: 'tick', tick: 'due', scheduledAt })]);
        await settle();
        // What waits for its turn.
        for (let waited = 0; waited < 20 && queue.depth().jobs > 0; waited += 1) {
          time += 1000;
          await settle();
        }
      }
    },
    /** Gives a job to another process, whose clock is behind; it may die as soon as it has said something. */
    another: async ({ behindSeconds, dies, job }: { behindSeconds: number; dies: boolean; job: JobBody }) => {
      const afterCall = (method: string) => {
        if (dies && method.startsWith('chat.')) throw new Crash();
      };
      const other = engineWith({
        documents: openDocuments(state),
        clock: { ...clock, now: () => clock.now() - behindSeconds * 1000 },
        writer: sandboxSlack(workspace, BOT.token, { afterCall }),
      });
      await other.handle([{ ...jobOf('other', CHANNEL, job), received: 1, handle: 'other' }]);
    },
    /** What a host does after each batch. */
    tellOfReinstall: async (): Promise<void> => {
      await engine.tellOfReinstall();
      await settle();
    },
    /** Begins again as after a crash: nothing is remembered but what is stored. */
    restart: async (fields: Partial<EnginePorts> = {}): Promise<void> => {
      engine = start(fields);
      await engine.closeMissed(challenge);
      await engine.sweep();
    },
    /** Writes an event of ours, as the command line does. */
    record: async (event: Event): Promise<void> => {
      await engine.recorder.record(event);
      await settle();
    },
    tick: async (
      tick: 'week.open' | 'month.result' | 'digest',
      at = new Date(time),
      month?: string,
      wanted?: Wanted,
    ): Promise<void> => {
      await queue.put([tickJob(CHANNEL, tick, at, month, wanted)]);
      await settle();
    },
    /** The weekly post as it stands in Slack. */
    thread: (): string => workspace.messages(CHANNEL).findLast(({ text }) => /\[TIL /.test(text ?? ''))?.ts as string,
    reply: async (user: string, text: string, title?: string): Promise<string> => {
      time += 1000;
      const { ts } = workspace.reply({
        user,
        channel: CHANNEL,
        thread: bot.thread(),
        text,
        ...(title ? { title } : {}),
      });
      await settle();
      return ts;
    },
    like: async (user: string, ts: string, name = '+1'): Promise<void> => {
      time += 1000;
      workspace.react({ user, channel: CHANNEL, ts, name });
      await settle();
    },
    unlike: async (user: string, ts: string, name = '+1'): Promise<void> => {
      time += 1000;
      workspace.unreact({ user, channel: CHANNEL, ts, name });
      await settle();
    },
    /** What the bot has said in the channel, beside weekly posts. */
    said: () => texts(workspace.messages(CHANNEL)).filter((text) => !/\[TIL /.test(text)),
    everything: () => texts(workspace.messages(CHANNEL)),
    told: (user: string) => texts(workspace.directMessages(user)),
    hinted: (user: string) => texts(workspace.hints(user) as never),
    read: async <T>(key: string): Promise<T | undefined> => {
      const stored = await state.get(key);
      return stored && (JSON.parse(new TextDecoder().decode(stored.bytes)) as T);
    },
    /** The names of the log's events that are of a form. */
    logged: async (form: RegExp): Promise<string[]> =>
      Object.keys(await contents(log, `events/${CHANNEL}/`)).filter((key) => form.test(key)),
    ledger: (week: string) => bot.read<import('../../src/projections/ledger.ts').Ledger>(keys.ledger(CHANNEL, week)),
  };
  return bot;
};

const texts = (messages: { user?: string; text?: string }[]): string[] =>
  messages.filter(({ user }) => user === BOT.id).map(({ text }) => text ?? '');
