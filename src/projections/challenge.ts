import * as v from 'valibot';
import { ChannelId, Id } from '../events/catalog.ts';
import { isTimeZone } from '../events/wall-clock.ts';
import { isWeek } from '../events/week.ts';

/** How often it is asked what is due, in minutes. */
export const ASKED_EVERY_MINUTES = 5;
const LAST_ASKED = '23:55';

/** The time of day (HH:MM) at which it is asked next; the last one of the day for what is later, which would be another day's. */
const askedAt = (time: string): string => {
  if (time > LAST_ASKED) return LAST_ASKED;
  const [hour, minute] = time.split(':').map(Number) as [number, number];
  const minutes = hour * 60 + Math.ceil(minute / ASKED_EVERY_MINUTES) * ASKED_EVERY_MINUTES;
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
};

const timeOfDay = v.pipe(
  v.string(),
  v.transform((time) => time.replace(/^\d:/, '0$&')),
  v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 09:30'),
  // Clocks are put forward and back in these hours: a time in them may not exist, or twice.
  v.check((time) => time >= '04:00', 'expected 04:00 or later, since clock changes skip or repeat earlier times'),
  v.transform(askedAt),
);

const timeZone = v.pipe(
  v.string(),
  v.check((zone) => isTimeZone(zone), 'is no time zone; such as Asia/Seoul'),
);

const host = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.regex(
    /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/,
    'expected a host such as velog.io or *.github.io, without https:// and without a path',
  ),
);

const webAddress = v.pipe(
  v.string(),
  v.regex(/^https?:\/\/[^\s<>|]+$/, 'expected an address such as https://til.example.org'),
);

/** A holiday whose week is one of rest in every year, or one week. */
const restWeek = v.custom<string>(
  (value) => value === 'seollal' || value === 'chuseok' || isWeek(value),
  'expected seollal, chuseok or a week such as 2024-W38',
);

const onOff = v.picklist(['on', 'off']);

/** What a weekly post has room for, beside what it says by itself: a fallback text of more than 3,900 characters would be cut. */
const MAX_WEEK_OPEN_LINES = 3000;

/** One challenge of the configuration: everything but `channel` has a default. */
export const ChallengeSchema = v.strictObject({
  channel: ChannelId,
  name: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(80)), 'TIL'),
  timeZone: v.optional(timeZone, 'Asia/Seoul'),
  locale: v.optional(v.picklist(['ko', 'en']), 'ko'),
  /** The hosts whose links count. `*.github.io` accepts every host below github.io. */
  blogs: v.optional(v.pipe(v.array(host), v.minLength(1)), [
    'velog.io',
    '*.github.io',
    'blog.naver.com',
    'm.blog.naver.com',
  ]),
  rules: v.optional(
    v.strictObject({
      /** The reactions that are likes, without colons and skin tones. */
      likes: v.optional(v.pipe(v.array(v.string()), v.minLength(1)), ['+1', 'thumbsup']),
      selfLikes: v.optional(v.boolean(), true),
      late: v.optional(v.picklist(['until-close', 'never']), 'until-close'),
      /** Whether an address that was posted before in the month counts again. */
      repeats: v.optional(v.picklist(['once-a-month', 'count']), 'once-a-month'),
      /** How many weeks are written between two that were missed, so that a run goes on; `off`: a run is without a miss. */
      streak: v.optional(
        v.strictObject({
          between: v.optional(
            v.union(
              [v.pipe(v.number(), v.integer(), v.minValue(1)), v.literal('off')],
              "expected a whole number from 1, or 'off'",
            ),
            3,
          ),
        }),
        {},
      ),
      /** Whether those are named, too, who missed just one week of the month. */
      finishers: v.optional(v.picklist(['one-missed', 'off']), 'one-missed'),
      /** Of what the others wrote in a month, the part that a reader of the month liked. */
      readers: v.optional(
        v.union(
          [v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), v.literal('off')],
          "expected a number above 0 and at most 1, or 'off'",
        ),
        0.8,
      ),
    }),
    {},
  ),
  members: v.optional(
    v.strictObject({
      /** People who take no part: their replies do not count; their likes do. */
      exclude: v.optional(v.array(Id), []),
      /** Whether admins and organizers are members before they take part. */
      organizers: v.optional(v.picklist(['aside', 'count']), 'aside'),
    }),
    {},
  ),
  /** Mondays, local time, in steps of five minutes; the month's result on the first Monday of the next month. */
  schedule: v.optional(
    v.strictObject({
      weekOpen: v.optional(timeOfDay, '09:30'),
      monthResult: v.optional(timeOfDay, '09:20'),
      /** Weeks of rest. */
      rest: v.optional(v.array(restWeek), []),
    }),
    {},
  ),
  notify: v.optional(
    v.strictObject({
      likes: v.optional(v.picklist(['steps', 'each', 'card', 'off']), 'steps'),
      maxAgeHours: v.optional(v.pipe(v.number(), v.gtValue(0)), 24),
      mention: v.optional(v.picklist(['none', 'here', 'channel']), 'none'),
      /** Friday's list of the week's posts. */
      digest: v.optional(onOff, 'on'),
      /** Personal messages. */
      remind: v.optional(onOff),
      note: v.optional(onOff),
      comeback: v.optional(onOff),
      firststep: v.optional(onOff),
      /** The part of those personal messages that is held back, to see what they do. */
      holdout: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(0.9)), 0),
    }),
    {},
  ),
  /** The challenge's own rules, hashtags and phrases under the weekly post. */
  weekOpenLines: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.maxLength(500))),
      v.check(
        (lines) => lines.join('\n').length <= MAX_WEEK_OPEN_LINES,
        `expected at most ${MAX_WEEK_OPEN_LINES} characters in all, so that the weekly post is one message`,
      ),
    ),
    [],
  ),
  /** People whose own `[TIL N월 N주차]` opens a week too. */
  organizers: v.optional(v.array(Id), []),
  /** People who get the alarms. */
  admins: v.optional(v.array(Id), []),
  dashboard: v.optional(
    v.strictObject({
      /** Whether the page names those who have not written yet. */
      notYet: v.optional(v.boolean(), false),
    }),
    {},
  ),
  dashboardUrl: v.optional(webAddress),
  /** `https://your-team.slack.com`: gives the dashboard's posts a link into Slack. */
  workspaceUrl: v.optional(webAddress),
});

/** One challenge, checked and with its defaults filled in. */
export type Challenge = v.InferOutput<typeof ChallengeSchema>;

/** What decides which replies and reactions count. */
export interface Rules {
  blogs: readonly string[];
  likes: readonly string[];
  selfLikes: boolean;
  late: 'until-close' | 'never';
  repeats: 'once-a-month' | 'count';
  organizers: readonly string[];
  /** People whose replies do not count. */
  exclude: readonly string[];
  /** Weeks of rest: holidays, and weeks. */
  rest: readonly string[];
  streak: { between: number | 'off' };
  finishers: 'one-missed' | 'off';
  readers: number | 'off';
}

const known = new WeakMap<Challenge, Rules>();

/** The rules of a challenge: the same ones whenever they are asked for, so that what was read by them is found again. */
export const rulesOf = (challenge: Challenge): Rules => {
  const last = known.get(challenge);
  if (last) return last;
  const { blogs, rules, organizers, members, schedule } = challenge;
  const read: Rules = { blogs, ...rules, organizers, exclude: members.exclude, rest: schedule.rest };
  known.set(challenge, read);
  return read;
};
