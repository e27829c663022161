import { calendarOf } from '../../src/events/week.ts';
import { rebuild } from '../../src/history/rebuild.ts';
import type { Challenge } from '../../src/projections/challenge.ts';
import { memoryQueue } from '../../src/queue/memory.ts';
import { reconcile } from '../../src/reconcile/reconcile.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import { seeded } from '../../src/sandbox/seeded.ts';
import { createWorkspace, type Workspace } from '../../src/sandbox/workspace.ts';
import { dueJob } from '../support/due.ts';
import { below } from '../support/random.ts';
import { CHANNEL, challengeWith } from '../support/world.ts';
import { liveBefore } from './before.ts';
import { faultsAtRest } from './checks.ts';
import { createChoosers } from './choosers.ts';
import { createFaults, type Fired, type Site } from './faults.ts';
import { type Attack, createFront } from './front.ts';
import { askUntilSure, type Reach, runLambda, runMachine, type Told, yieldTurn } from './host.ts';
import { LIKE_MODES, type LikeMode } from './like-modes.ts';
import type { Mutant } from './mutants.ts';
import { ADMIN, AT_FIRST, BOT, createPeople, MEMBERS, ORGANIZER, PEOPLE, READERS } from './people.ts';
import { type Alone, aloneIn } from './personal-told.ts';
import {
  bucketOf,
  createProcess,
  type Ground,
  type Kind,
  type Process,
  queueOf,
  ring,
  type Station,
  timesOf,
} from './process.ts';
import { readerOf } from './reader-port.ts';
import { nothingDone, slackOf } from './slack-port.ts';
import { createStore } from './store.ts';
import { createTimeline } from './timeline.ts';
import { mondayOf, type PlainRules, weekOf } from './truth.ts';

export interface Options {
  seed: number;
  /** About so many the log will hold. */
  events: number;
  mutant?: Mutant;
}

export interface Result {
  seed: number;
  kind: Kind;
  /** What was not as it must be. */
  faults: string[];
  /** The same for the same seed. */
  trace: string;
  fired: Fired;
  steps: number;
  restarts: number;
  days: number;
  /** What people did. */
  deeds: number;
  deliveries: number;
  /** What the log holds of it, and of what the bot did. */
  events: number;
  posts: number;
  /** What became of the messages to one person alone. */
  alone: Alone;
  told: Told;
}

/** Mondays in August 2024, 08:30 in Seoul: the month ends after four weeks, two, or one. */
const STARTS = ['2024-08-05', '2024-08-19', '2024-08-26'].map((day) => Date.parse(`${day}T08:30:00+09:00`));
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** 04:30 in Seoul. */
const NIGHT = 20 * HOUR;
const VISIBILITY_SECONDS = 180;
const LONGEST_STALL = 210_000;
const LONGEST_BACKOFF_HOURS = 1;
const HISTORY_LAG_SECONDS = 80;
/** In what part of its nights a run compares the log with Slack: what every night makes right is never wrong for long. */
const NIGHTS = [0.25, 0.05, 0];
/** Of the fewest deeds some people come, and some weeks open; each deed leaves some three events. */
const FIRST_EVENTS = 45;
const EVENTS_PER_DEED = 3.15;
/** The part of all deeds that is a choice. */
const CHOICES = 0.12;
/** The part of all seasons in which there is more to read. */
const BUSY = 0.3;
/** How likely each of three people chooses something for themselves at a slot. */
const CHOICES_AT_A_SLOT = 0.15;
/** A job that waits as long as it was told to is not given out so often, whatever goes wrong: ten minutes each, for a day of a wrong clock. */
const MOST_TAKEN = 160;
const ATTACKS: Attack[] = ['unsigned', 'another secret', 'another body', 'too old', 'too new', 'malformed'];

/**
 * When people are told what concerns them alone: Monday 10:00, Wednesday 12:00, Saturday 10:00, Sunday 18:00; since Monday 09:20. And when it
 * is nine where some of them sleep then: 17:00 or 23:00.
 */
const MORNINGS = [460, 2 * 1440 + 460, 2 * 1440 + 820, 5 * 1440 + 460, 6 * 1440 + 820].map((each) => each * MINUTE);
const SLOTS = [40 * MINUTE, 2 * DAY + 160 * MINUTE, 5 * DAY + 40 * MINUTE, 6 * DAY + 520 * MINUTE];

/** Everybody may be told what concerns them alone. */
const TALKS = { remind: 'on', note: 'on', comeback: 'on', firststep: 'on' } as const;

const plainRules = ({ blogs, rules, members, schedule }: Challenge): PlainRules => ({
  hosts: blogs,
  selfLikes: rules.selfLikes,
  lateCounts: rules.late === 'until-close',
  oncePerMonth: rules.repeats === 'once-a-month',
  excluded: members.exclude,
  between: rules.streak.between,
  rest: schedule.rest,
  finishers: rules.finishers !== 'off',
  readers: rules.readers,
});

type Settings = Record<string, unknown>;

/** Settings with others over them: of rules and such, one by one. */
const settingsAt = (...all: Settings[]): Settings => {
  const joined: Settings = {};
  for (const settings of all)
    for (const [name, value] of Object.entries(settings)) {
      const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
      joined[name] = isTable ? { ...(joined[name] as object | undefined), ...value } : value;
    }
  return joined;
};

/** By which rules a season is kept going. */
const drawSeason = (random: () => number): Settings => ({
  schedule: { rest: [[], [], ['chuseok'], ['2024-W34'], ['2024-W36', 'seollal']][below(random, 5)] },
  rules: {
    streak: { between: [3, 3, 1, 2, 'off'][below(random, 5)] },
    finishers: random() < 0.25 ? 'off' : 'one-missed',
    readers: random() < 0.25 ? 'off' : ([0.8, 0.4, 0.2][below(random, 3)] as number),
  },
});

/** Runs the whole bot through a season in which everything goes wrong that may, and says what was not right at its end. */
export const simulate = async (options: Options): Promise<Result> => {
  const restore = options.mutant?.patch?.();
  try {
    return await run(options);
  } finally {
    restore?.();
  }
};

const run = async ({ seed, events, mutant = {} as Mutant }: Options): Promise<Result> => {
  const chance = (number: number) => seeded((seed * 7919 + number * 104_729) >>> 0);
  const [order, luck, story, mixture, sleep] = [chance(1), chance(2), chance(3), chance(4), chance(5)];
  const START = STARTS[below(mixture, STARTS.length)] as number;
  // Some channels have a past in which there was no bot.
  const past = chance(6);
  const BEGINNING = past() < 0.3 ? START - (1 + below(past, 6)) * 7 * DAY : START;
  const taste = chance(8);
  const wishes = chance(9);
  const timeline = createTimeline(BEGINNING, order);
  const kind: Kind = mutant.kind ?? (mixture() < 0.5 ? 'machine' : 'lambda');
  const without = new Set<Site>();
  if (mixture() < 0.8) without.add('delivery dropped');
  const faults = createFaults(luck, timeline, without, mutant.often);
  const ground: Ground = { timeline, faults, random: luck };

  const workspace = createWorkspace({
    now: timeline.now,
    random: luck,
    bot: BOT,
    members: MEMBERS,
    channels: [{ id: CHANNEL, name: 'til', members: AT_FIRST }],
    shownLikers: 1000,
  });
  const log = createStore(timeline.now);
  const state = createStore(timeline.now);
  const visibilitySeconds =
    kind === 'machine' ? VISIBILITY_SECONDS : ([45, 90, VISIBILITY_SECONDS][below(mixture, 3)] as number);
  const nightly = NIGHTS[below(mixture, NIGHTS.length)] as number;
  const queue = memoryQueue({ clock: { now: timeline.now, after: () => () => {} }, visibilitySeconds });
  const station: Station = {
    queue: mutant.station ? mutant.station(queue) : queue,
    visibilitySeconds,
    now: timeline.now,
    waiting: [],
    taken: new Map(),
    times: new Map(),
    open: new Map(),
    saysFirst: kind === 'lambda',
    overtaken: [],
  };
  const deeds = nothingDone();
  const told: Told = { problems: [], alarms: [] };
  const living = new Set<Process>();
  let longestPause = 0;
  let restarts = 0;
  let doorSkew = 0;
  let finished = false;

  const modes = chance(7);
  const likeModes: LikeMode[] = [mutant.likes ?? (LIKE_MODES[below(modes, LIKE_MODES.length)] as LikeMode)];
  const base = { admins: [ADMIN], organizers: [ORGANIZER], notify: { likes: likeModes[0], ...TALKS } };
  let settings: Settings = settingsAt(base, drawSeason(taste), mutant.config ?? {});
  let challenge: Challenge = challengeWith(settings);
  const configured = [{ from: 0, challenge, rules: plainRules(challenge) }];
  let rules = plainRules(challenge);
  let earlier: PlainRules | undefined;

  const drawSkew = (): number => (faults.strikes('clock wrong') ? Math.round((luck() * 2 - 1) * 10 * MINUTE) : 0);

  const reachOf = (process: Process, around: Ground = ground): Reach => {
    const reach: Reach = {
      log: bucketOf(mutant.log ? mutant.log(log) : log, 'log', process, around),
      state: bucketOf(mutant.state ? mutant.state(state) : state, 'state', process, around),
      queue: queueOf(station, process, around),
      slack: slackOf(workspace, deeds, process, around, () => front.moved()),
      reader: readerOf(workspace, process, around),
      clockCheck: process.clockCheck,
    };
    return mutant.reach ? mutant.reach(reach, process) : reach;
  };

  /** Somebody sets a machine's clock; it is right again within hours. */
  const setClock = (process: Process, ahead: number): void => {
    if (ahead === 0) return;
    process.ahead = ahead;
    timeline.at(timeline.now() + 10 * MINUTE + luck() * 8 * HOUR, () => {
      process.ahead = 0;
    });
  };

  const drawJump = (): number => {
    if (faults.strikes('clock set back by hours')) return -(2 + luck() * 10) * HOUR;
    if (faults.strikes('clock set ahead by hours')) return (2 + luck() * 10) * HOUR;
    return faults.strikes('clock set ahead by days') ? 12 * DAY : 0;
  };

  const start = (): void => {
    if (finished) return;
    const process = createProcess(ground, kind, 0, (dead) => {
      living.delete(dead);
      longestPause = Math.max(longestPause, dead.longestPause);
      restarts += 1;
      const offForHours = kind === 'machine' && !faults.stopped() && luck() < 0.05;
      const rest = offForHours ? luck() * 8 * HOUR : 200 + luck() * (kind === 'machine' ? MINUTE : 5000);
      timeline.at(timeline.now() + rest, start);
    });
    living.add(process);
    setClock(process, drawJump() || drawSkew());
    const run = kind === 'machine' ? runMachine : runLambda;
    timeline.start(async () => {
      try {
        await run(process, challenge, reachOf(process), told, ground);
      } catch (error) {
        if (error instanceof TypeError || error instanceof ReferenceError) throw error;
        told.problems.push(`start: ${String(error)}`);
        process.die();
      }
    });
  };

  const front = createFront({
    workspace,
    station,
    ground,
    door: () => {
      const [process] = [...living].filter(({ heldUntil }) => heldUntil <= timeline.now());
      if (kind === 'machine') {
        if (!process) return undefined;
        const { ahead, clockCheck } = process;
        // What it knows of Slack's time may be off by the time that a call took, and by a small jump of its clock.
        const knows = clockCheck.isSure() && Math.abs(clockCheck.differenceSeconds()) < 1;
        return { ...process, exact: ahead === 0 && knows };
      }
      const clock = { now: () => timeline.now() + doorSkew, elapsed: timeline.now, sleep: timeline.wait };
      return { clock, exact: doorSkew === 0 };
    },
    ...(mutant.throughQueue ? { throughQueue: mutant.throughQueue(timeline) } : {}),
    ...(mutant.disguise ? { disguise: mutant.disguise } : {}),
  });

  let chanceOfPeople = BEGINNING < START ? past : story;
  const people = createPeople(workspace, () => chanceOfPeople(), deeds.weekly);
  /** Where a week is extended, some write in that time, and some after it. */
  const writeLate = (week: string, until: number): void => {
    const thread = deeds.weekly.find((ts) => weekOf(ts) === week);
    const from = Math.max(timeline.now(), mondayOf(week).at + 7 * DAY);
    for (let late = 0; thread && until > from && late < 3; late++) {
      const at = from + wishes() * (until - from) * 1.1;
      if (at < end)
        timeline.at(at, () => {
          people.answer(thread);
          front.moved();
        });
    }
  };
  const choosers = createChoosers({
    ground,
    station,
    random: wishes,
    written: people.written,
    end: () => end,
    extended: writeLate,
  });
  if (BEGINNING < START)
    await liveBefore({ workspace, timeline, people, weekly: deeds.weekly, random: past, until: START });
  chanceOfPeople = story;
  setSlackFaults(workspace.faults, faults, mutant.historyLagSeconds ?? HISTORY_LAG_SECONDS);

  /** What the schedule of AWS does: at least once, sometimes late. */
  const tickFromAfar = (at: number): void => {
    const job = dueJob(new Date(at));
    const times = faults.strikes('tick doubled') ? 3 : 1;
    for (let time = 0; time < times; time++) {
      const late = faults.strikes('tick late') ? luck() * 20 * HOUR : luck() * 10 * MINUTE * time;
      timeline.at(timeline.now() + late, () =>
        timeline.start(async () => station.queue.put([job]).then(() => ring(station))),
      );
    }
  };

  /** What `til serve` does by its clock. */
  const tickAtHome = (): void => {
    const [process] = living;
    if (!process || faults.strikes('tick missing')) return;
    timeline.start(() => askUntilSure(process, told).catch((error) => void told.problems.push(String(error))));
  };

  /** Every night, and on Wednesdays: by the clock of `til serve`, or by AWS's schedule. */
  const upkeep = (at: number, tick: 'reconcile' | 'seal'): void => {
    if (finished || mutant.withoutNights) return;
    const [process] = living;
    if (kind === 'machine') {
      if (process?.upkeep && !faults.strikes('tick missing')) {
        const work = process.upkeep;
        timeline.start(() => work(tick).catch((error) => void told.problems.push(String(error))));
      }
      return;
    }
    tickFromAfar(at);
  };

  const tick = (at: number): void => {
    timeline.at(at, () => {
      if (finished) return;
      if (kind === 'machine') tickAtHome();
      else tickFromAfar(at);
    });
  };

  const changeRules = (): void => {
    earlier = rules;
    const draw = below(luck, 9);
    const changed = [
      { rules: { selfLikes: false } },
      { rules: { late: 'never' } },
      { blogs: ['velog.io', 'blog.naver.com'] },
      { rules: { repeats: 'count' } },
      { rules: { streak: { between: 'off' } } },
      { members: { exclude: [PEOPLE[2]] } },
      { schedule: { rest: ['chuseok', '2024-W33'] } },
      { rules: { finishers: 'off' } },
      { rules: { readers: 'off' } },
    ][draw] as Settings;
    configure(changed);
    rules = plainRules(challenge);
    if (kind === 'lambda') timeline.start(rebuildAgain);
  };

  /** Authors are to hear of likes in another way. */
  const changeLikes = (): void => {
    const likes = LIKE_MODES[below(modes, LIKE_MODES.length)] as LikeMode;
    likeModes.push(likes);
    configure({ notify: { likes } });
  };

  /** Settings are changed, and everything starts again. */
  const configure = (changed: Settings): void => {
    settings = settingsAt(settings, changed);
    challenge = challengeWith(settings);
    configured.push({ from: timeline.now(), challenge, rules: plainRules(challenge) });
    for (const process of [...living]) process.die();
  };

  /** An admin's `til rebuild`, until it has gone through. */
  const rebuildAgain = async (): Promise<void> => {
    for (let attempt = 0; attempt < 500; attempt++) {
      const process = createProcess(ground, kind, 0, () => {});
      const { log: from, state: to } = reachOf(process);
      const ended = new Promise<boolean>((resolve) => {
        rebuild(challenge, { log: from, state: to, pause: () => process.wait(50 + luck() * 450), yieldTurn }).then(
          () => resolve(true),
          () => resolve(false),
        );
        timeline.at(timeline.now() + 20 * MINUTE, () => resolve(false));
      });
      if (await ended) return;
      process.alive = false;
    }
    throw new Error('the rebuild never went through');
  };

  /** An admin's `til reconcile` of the whole season: the nightly one looks at two months, and may never have come to an end. */
  const lookBack = async (calm: Ground = ground): Promise<void> => {
    const process = createProcess(calm, kind, 0, () => {});
    const { log: to, state: derived, reader } = reachOf(process, calm);
    const ports = { log: to, state: derived, reader, clock: process.clock, pause: () => process.wait(300), yieldTurn };
    let isDone = false;
    timeline.start(async () => {
      await reconcile(challenge, ports, { since: BEGINNING / 1000, yes: true });
      isDone = true;
    });
    while (!isDone) await timeline.runUntil(timeline.now() + MINUTE);
  };

  /** Somebody chooses shortly before they are told something, or while that is on its way. */
  const chooseNear = (slot: number): void => {
    const at = slot + (wishes() < 0.7 ? wishes() * 8000 : (wishes() * 80 - 20) * MINUTE);
    if (at < end) timeline.at(Math.max(timeline.now(), at), choosers.chooseAlone);
  };

  /** On Tuesday evenings of a busy season several write, and somebody reads it all. */
  const writeAndRead = (): void => {
    const thread = deeds.weekly.at(-1);
    for (let post = 0; thread && post < 3; post++) people.answer(thread);
    people.readUp(READERS[below(wishes, 2)] as string);
    front.moved();
  };

  /** The last night's tick, which may come as late as now. */
  const lastNight = (now: number): number => START + NIGHT + Math.floor((now - START - NIGHT) / DAY) * DAY;

  // The season: deeds in bursts, with days between that have none.
  const moments = momentsFrom(START, Math.max(10, Math.round((events - FIRST_EVENTS) / EVENTS_PER_DEED)), story);
  const last = moments.at(-1) as number;
  const end = last + 10 * MINUTE;
  // The last of them meets a process that dies.
  timeline.at(last + story() * 3000, () => {
    for (const process of [...living]) if (story() < 0.7) process.die();
  });
  for (const moment of moments) {
    timeline.at(moment, () => {
      if (wishes() < CHOICES) choosers.choose();
      else people.act();
      front.moved();
      if (story() < 0.05)
        front.attack(
          ATTACKS[below(story, ATTACKS.length)] as Attack,
          forged(deeds.weekly.at(-1) ?? '1722865849.468459', moment),
        );
    });
  }
  for (let at = START + HOUR; at < end; at += 12 * HOUR) tick(at);
  // And on Wednesdays 05:00.
  for (let at = START + NIGHT; at < end; at += DAY)
    if (sleep() < nightly) timeline.at(at, () => upkeep(at, 'reconcile'));
  for (let at = START + 44.5 * HOUR; at < end; at += 7 * DAY) timeline.at(at, () => upkeep(at, 'seal'));
  const calendar = calendarOf(challenge.timeZone);
  const weeks: string[] = [];
  for (let at = START; at < end; at += 7 * DAY) {
    const monday = calendar.instant(calendar.weekAt(at / 1000), 0, 9, 20) * 1000;
    tick(monday);
    tick(monday + 10 * MINUTE);
    const friday = calendar.instant(calendar.weekAt(at / 1000), 4, 12, 0) * 1000;
    for (const later of [0, 5 * MINUTE, 2 * HOUR]) tick(friday + later);
    for (const slot of SLOTS) {
      for (const later of [0, 5 * MINUTE, 30 * MINUTE, 2 * HOUR]) tick(monday + slot + later);
      for (let each = 0; each < 3; each++) if (wishes() < CHOICES_AT_A_SLOT) chooseNear(monday + slot);
    }
    for (const morning of MORNINGS) for (const later of [0, 30 * MINUTE]) tick(monday + morning + later);
    if (monday + 2 * DAY < end) weeks.push(weekOf(`${monday / 1000}.000000`));
  }
  if (wishes() < BUSY) for (let at = START + 35 * HOUR; at < end; at += 7 * DAY) timeline.at(at, writeAndRead);
  for (let at = START; at < end; at += DAY) {
    timeline.at(at + story() * DAY, () => {
      doorSkew = drawSkew();
      for (const process of living) setClock(process, drawJump());
    });
    if (story() < 0.15)
      timeline.at(at + story() * DAY, () => {
        if (!faults.stopped()) front.outageUntil = timeline.now() + story() * (story() < 0.3 ? 10 * HOUR : HOUR);
      });
  }
  if (story() < 0.4) timeline.at(START + story() * (end - START), changeRules);
  if (!mutant.likes && modes() < 0.25) timeline.at(START + modes() * (end - START), changeLikes);
  if (story() < 0.4) timeline.at(START + story() * (end - START), () => timeline.start(rebuildAgain));

  // Of what is older than all that Slack shows nobody can tell whether it is deleted or hidden: this stays.
  if (BEGINNING === START) workspace.post({ user: ADMIN, channel: CHANNEL, text: '어서 오세요' });
  // An admin takes in the past, in peace, before the bot is started.
  else await lookBack({ ...ground, faults: { ...faults, strikes: () => false } });
  start();
  if (kind === 'lambda') start();
  front.moved();
  await timeline.runUntil(end);

  // Faults stop. What Slack still has to deliver is Slack's affair; after that, two visibility periods must do.
  faults.stop();
  workspace.faults.clear();
  doorSkew = 0;
  for (const process of living) process.ahead = 0;
  front.outageUntil = 0;
  deeds.tokenBadUntil = 0;
  // A fault lasts until whoever it held up goes on.
  await timeline.runUntil(Math.max(timeline.now() + LONGEST_STALL, ...[...living].map(({ heldUntil }) => heldUntil)));
  for (let waited = 0; waited < 60 && (front.post.open > 0 || workspace.nextAt() !== undefined); waited++)
    await timeline.runUntil(timeline.now() + HOUR);
  // A machine that is off for hours is off, not at fault.
  while (living.size === 0) await timeline.runUntil(timeline.now() + MINUTE);
  await timeline.runUntil(timeline.now() + 2 * VISIBILITY_SECONDS * 1000);
  const found: string[] = [];
  if (front.post.open > 0) found.push('Slack could not deliver within its retries although all was well');
  // Behind SQS a job that failed often comes back after ten minutes.
  for (let hours = 0; kind === 'lambda' && hours < LONGEST_BACKOFF_HOURS && (await queue.list()).length > 0; hours++)
    await timeline.runUntil(timeline.now() + HOUR);
  const waiting = await queue.list();
  if (waiting.length > 0)
    found.push(`${waiting.length} jobs still wait although all was well for long enough: ${waiting[0]?.id}`);
  // Whatever Slack dropped for ever is found when the log is compared with it: of what is ten minutes old, everything.
  await timeline.runUntil(timeline.now() + 25 * MINUTE);
  while (living.size === 0) await timeline.runUntil(timeline.now() + MINUTE);
  upkeep(lastNight(timeline.now()), 'reconcile');
  await timeline.runUntil(timeline.now() + 2 * VISIBILITY_SECONDS * 1000);
  const isIncomplete =
    faults.rate('delivery dropped') > 0 || front.post.handedOut.some(({ acknowledged }) => !acknowledged);
  if (isIncomplete) await lookBack();
  finished = true;
  for (const process of living) longestPause = Math.max(longestPause, process.longestPause);
  if (longestPause > MINUTE)
    found.push(`a process waited ${longestPause / 1000} s of its own accord, and nothing was published`);
  found.push(...station.overtaken.map((id) => `${id} was done before what stands before it in its group`));
  // A tick waits for the right time, however long that takes.
  for (const [id, times] of station.taken)
    if (times > MOST_TAKEN && !id.endsWith('/waits')) found.push(`${id} was given out ${times} times`);
  found.push(
    ...(await faultsAtRest({
      challenge,
      rules,
      earlier,
      configured,
      log,
      state,
      post: front.post,
      deeds,
      messages: workspace.messages(CHANNEL),
      direct: workspace.members().flatMap(({ id }) => workspace.directMessages(id)),
      likeModes,
      people: peopleOf(workspace, people.names),
      dropped: isIncomplete,
      now: timeline.now(),
      asked: end,
      weeks,
      chosen: choosers.made,
      jobs: (id) => timesOf(station, id),
    })),
  );
  // A mistake in the code must not pass for trouble with Slack or the disk.
  found.push(...[...told.problems, ...told.alarms].filter((said) => /\b(Type|Reference|Range)Error\b/.test(said)));
  for (const [key] of log.objects) if (key.startsWith('events/')) timeline.note(key);
  return {
    seed,
    kind,
    faults: found,
    trace: timeline.trace(),
    fired: faults.fired,
    steps: timeline.steps(),
    restarts,
    days: Math.round((timeline.now() - START) / DAY),
    deeds: moments.length,
    deliveries: front.post.handedOut.length,
    events: [...log.objects.keys()].filter((key) => key.startsWith('events/')).length,
    posts: deeds.posted.size,
    alone: aloneIn(log),
    told,
  };
};

/** Bursts of deeds, with hours and days between them; at least three weeks in all. */
const momentsFrom = (start: number, deeds: number, story: () => number): number[] => {
  const gaps = Array.from({ length: deeds }, () => {
    const draw = story();
    if (draw < 0.6) return story() * 4000;
    if (draw < 0.8) return story() * 10 * MINUTE;
    return 20 * MINUTE + story() * (draw < 0.95 ? 8 * HOUR : 3 * DAY);
  });
  const sum = gaps.reduce((total, gap) => total + gap, 0);
  const stretch = Math.max(1, ((21 + story() * 14) * DAY) / sum);
  let time = start;
  return gaps.map((gap) => Math.floor((time += gap > 10 * MINUTE ? gap * stretch : gap)));
};

/** Deliveries go wrong as Slack's do: the workspace's own switch, counted here. */
const setSlackFaults = (
  slack: ReturnType<typeof createWorkspace>['faults'],
  faults: ReturnType<typeof createFaults>,
  historyLagSeconds: number,
): void => {
  const doubled = faults.rate('delivery doubled') / 4;
  const delayed = faults.rate('delivery delayed') / 3;
  const settings: Fault[] = [
    { kind: 'doubled', probability: doubled, afterMilliseconds: 500 },
    { kind: 'doubled', probability: doubled, newEventId: true, afterMilliseconds: 40_000 },
    { kind: 'doubled', probability: doubled, afterMilliseconds: 400_000 },
    { kind: 'doubled', probability: doubled, newEventId: true, copies: 3, afterMilliseconds: 7 * HOUR },
    { kind: 'delayed', probability: delayed, byMilliseconds: 7 * MINUTE },
    { kind: 'delayed', probability: delayed, byMilliseconds: 3 * HOUR },
    { kind: 'delayed', probability: delayed, byMilliseconds: DAY },
    { kind: 'disordered', probability: faults.rate('delivery disordered'), withinMilliseconds: 90_000 },
    { kind: 'dropped', probability: faults.rate('delivery dropped') },
    { kind: 'without-previous', probability: 0.1 },
    { kind: 'history-lag', probability: faults.rate('slack: history lags'), milliseconds: historyLagSeconds * 1000 },
  ];
  slack.set(settings.filter(({ probability }) => probability !== 0));
  const sites: Partial<Record<Fault['kind'], Site>> = {
    doubled: 'delivery doubled',
    delayed: 'delivery delayed',
    disordered: 'delivery disordered',
    dropped: 'delivery dropped',
  };
  const { forDelivery, lagMilliseconds } = slack;
  slack.forDelivery = (type) => {
    const struck = forDelivery(type);
    for (const fault of struck) if (sites[fault.kind]) faults.count(sites[fault.kind] as Site);
    return struck;
  };
  slack.lagMilliseconds = () => {
    const lag = lagMilliseconds();
    if (lag > 0) faults.count('slack: history lags');
    return lag;
  };
};

/** Everybody but bots, and whether they are in the channel, as Slack itself says. */
const peopleOf = (
  workspace: Workspace,
  names: ReadonlyMap<string, string[]>,
): Parameters<typeof faultsAtRest>[0]['people'] => {
  const { body } = workspace.call('conversations.members', BOT.token, { channel: CHANNEL, limit: '200' });
  const present = body['members'] as string[];
  return workspace
    .members()
    .filter(({ bot }) => !bot)
    .map(({ id }) => ({ id, here: present.includes(id), names: names.get(id) ?? [] }));
};

/** A like by somebody who is not there: it must never be counted. */
const forged = (item: string, now: number): unknown => ({
  type: 'event_callback',
  event_id: `EvFORGED${now}`,
  event_time: Math.floor(now / 1000),
  event: {
    type: 'reaction_added',
    user: 'U0FORGER01',
    reaction: '+1',
    item: { type: 'message', channel: CHANNEL, ts: item },
    event_ts: `${Math.floor(now / 1000)}.000001`,
  },
});
