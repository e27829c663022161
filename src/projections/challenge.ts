import * as v from 'valibot';
import { Id } from '../events/catalog.ts';

const timeOfDay = v.pipe(
  v.string(),
  v.transform((time) => time.replace(/^\d:/, '0$&')),
  v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 09:30'),
  // Clocks are put forward and back in these hours: a time in them may not exist, or twice.
  v.check((time) => time >= '04:00', 'expected 04:00 or later, since clock changes skip or repeat earlier times'),
);

const timeZone = v.pipe(
  v.string(),
  v.check((zone) => {
    try {
      return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
    } catch {
      return false;
    }
  }, 'is no time zone; such as Asia/Seoul'),
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

/** What a weekly post has room for, beside what it says by itself: a fallback text of more than 3,900 characters would be cut. */
const MAX_WEEK_OPEN_LINES = 3000;

/** One challenge of the configuration: everything but `channel` has a default. */
export const ChallengeSchema = v.strictObject({
  channel: Id,
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
  /** Mondays, local time; the month's result on the first Monday of the next month. */
  schedule: v.optional(
    v.strictObject({ weekOpen: v.optional(timeOfDay, '09:30'), monthResult: v.optional(timeOfDay, '09:20') }),
    {},
  ),
  notify: v.optional(
    v.strictObject({
      likes: v.optional(v.picklist(['each', 'card', 'off']), 'each'),
      maxAgeHours: v.optional(v.pipe(v.number(), v.gtValue(0)), 24),
      mention: v.optional(v.picklist(['none', 'here', 'channel']), 'none'),
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
}

/** The rules of a challenge. */
export const rulesOf = ({ blogs, rules, organizers, members: { exclude } }: Challenge): Rules => ({
  blogs,
  ...rules,
  organizers,
  exclude,
});
