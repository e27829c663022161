import type { EventOf } from '../../src/events/catalog.ts';
import { type Choice, choiceFrom } from '../../src/events/choices.ts';
import { tsAt } from '../../src/events/timestamp.ts';
import type { Ledger } from '../../src/projections/ledger.ts';
import { ledger } from '../../src/projections/ledger-fold.ts';
import { parseJob } from '../../src/queue/jobs.ts';
import type { Job } from '../../src/queue/queue.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { isDocument } from '../../src/store/documents.ts';
import { openLog } from '../../src/store/log.ts';
import type { Reach } from './host.ts';
import type { Mutant } from './mutants.ts';
import { type On, patched } from './patch.ts';
import type { Process } from './process.ts';
import { mondayOf, monthOf, weekOf } from './truth.ts';

const WEEK_MILLISECONDS = 7 * 86_400_000;

/** The choice in a job, if it is one. */
const choiceIn = (job: Job): Choice | undefined => {
  const body = parseJob(job.body);
  if (body?.kind !== 'choice') return undefined;
  const read = choiceFrom(body.event);
  return 'choice' in read ? read.choice : undefined;
};

/** Does something with the jobs that hold a choice before they are worked on. */
const withChoices = (reach: Reach, change: (job: Job, choice: Choice) => Job | Promise<Job>): Reach => ({
  ...reach,
  queue: {
    ...reach.queue,
    take: async (max, wait) => {
      const jobs = await reach.queue.take(max, wait);
      return Promise.all(
        jobs.map((job) => {
          const choice = choiceIn(job);
          return choice ? change(job, choice) : job;
        }),
      );
    },
  },
});

/** Ledgers as a process reads them for the first time have no rulings. */
const withoutRulings = (bucket: Bucket): Bucket => {
  const read = new Set<string>();
  return {
    ...bucket,
    get: async (key) => {
      const stored = await bucket.get(key);
      if (!stored || !key.startsWith('ledgers/') || read.has(key) || !isDocument(stored.bytes)) return stored;
      read.add(key);
      const { messages, ...week } = JSON.parse(new TextDecoder().decode(stored.bytes)) as Ledger;
      const unruled = Object.entries(messages).map(([ts, { ruling: _, ...message }]) => [ts, message]);
      const bytes = new TextEncoder().encode(JSON.stringify({ ...week, messages: Object.fromEntries(unruled) }));
      return { ...stored, bytes };
    },
  };
};

const own = { ...(ledger.on as unknown as On) };

/** The safeguards of what people chose, each switched off. */
export const CHOICE_MUTANTS: Mutant[] = [
  {
    name: 'the tail of an extended month is read',
    within: 20,
    says: /: expected|was frozen as|not announced/,
    patch: patched(['week.extended'], (kind) => (state, event) => {
      const { until, ...rest } = event as EventOf<'week.extended'>;
      const next = mondayOf(rest.week).at + WEEK_MILLISECONDS;
      const isLast = monthOf(weekOf(tsAt(next))) !== monthOf(rest.week);
      own[kind]?.(state, (isLast ? rest : { ...rest, until }) as never);
    }),
  },
  {
    name: 'what was ruled holds after a restart',
    within: 10,
    says: /differs from a rebuild|: expected|not announced|announcement stands/,
    withoutNights: true,
    reach: (reach) => ({ ...reach, state: withoutRulings(reach.state) }),
  },
  {
    name: 'a choice that comes again has its old date',
    within: 5,
    says: /was chosen by nobody/,
    reach: (reach, process: Process) =>
      withChoices(reach, (job, choice) => {
        const event = { ...choice, at: tsAt(process.clock.now()) };
        return { ...job, body: JSON.stringify({ kind: 'choice', channel: choice.channel, event }) };
      }),
  },
  {
    name: 'a choice is judged when its turn comes',
    within: 5,
    says: /was written, and/,
    reach: (reach) =>
      withChoices(reach, async (job, choice) => {
        await openLog(reach.log, { channel: choice.channel, timeZone: 'Asia/Seoul' })
          .append(choice)
          .catch(() => {});
        return job;
      }),
  },
  {
    name: 'a week of rest is not counted',
    within: 5,
    says: /: expected|was frozen as/,
    patch: patched(['week.rested'], () => () => {}),
  },
  {
    name: 'how a member chose to hear of likes goes before what the challenge says',
    within: 20,
    says: /told after its author had switched likes off|a message (at no step|beside)|since its author chose each/,
    patch: patched(['member.set'], (kind) => (state, event) => {
      if ((event as EventOf<'member.set'>).key !== 'likes') own[kind]?.(state, event);
    }),
  },
];
