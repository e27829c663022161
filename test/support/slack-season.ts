import { seeded } from '../../src/sandbox/seeded.ts';
import { below } from './random.ts';
import { CHANNEL } from './world.ts';

type Json = Record<string, unknown>;

export interface SeasonOptions {
  seed: number;
  weeks: number;
  /** Counted from the week of Monday 5 August 2024; may be negative. */
  firstWeek?: number;
  members?: number;
  /** How many replies and reactions a week has. */
  replies?: number;
  reactions?: number;
}

const MONDAY = 1_722_783_600; // Monday 5 August 2024, 00:00 in Seoul.
const WEEK = 7 * 86_400;
const HOSTS = ['velog.io/@', 'blog.naver.com/', 'github.io/', 'evil.example/'];

/** Deliveries as Slack sends them, week by week, in the order of time: made up, but the same for the same seed and week. */
export const slackSeason = ({ weeks, firstWeek = 0, ...options }: SeasonOptions): Json[][] => {
  let sequence = 0;
  return Array.from({ length: weeks }, (_, position) =>
    eventsOfWeek(firstWeek + position, options).map((event) => envelope(event, (sequence += 1))),
  );
};

const envelope = (event: Json, sequence: number): Json => ({
  token: 'deprecated-do-not-trust',
  team_id: 'T0TILTEAM1',
  context_team_id: 'T0TILTEAM1',
  context_enterprise_id: null,
  api_app_id: 'A0TILAPP01',
  event,
  type: 'event_callback',
  event_id: `Ev0SEASON${String(sequence).padStart(6, '0')}`,
  event_time: Number(String(event['event_ts']).split('.')[0]),
  authorizations: [
    { enterprise_id: null, team_id: 'T0TILTEAM1', user_id: 'U0TILBOT01', is_bot: true, is_enterprise_install: false },
  ],
  is_ext_shared_channel: false,
  event_context: '4-eyJldCI6Im1lc3NhZ2UifQ',
});

/** The inner events of one week, in the order of time. */
const eventsOfWeek = (
  week: number,
  { seed, members = 24, replies = 20, reactions = 200 }: Omit<SeasonOptions, 'weeks' | 'firstWeek'>,
): Json[] => {
  const random = seeded(seed + week * 65_537);
  const tsAt = (seconds: number): string =>
    `${Math.floor(seconds)}.${String(below(random, 1_000_000)).padStart(6, '0')}`;
  const memberId = (): string => `U0MEMBER${String(below(random, members)).padStart(2, '0')}`;
  const monday = MONDAY + week * WEEK;
  const weekly = weeklyPost(tsAt(monday + 34_200), week);
  const spread = () => monday + 36_000 + below(random, WEEK - 40_000);
  const messages = Array.from({ length: replies }, () => replyIn(weekly.ts, spread, memberId, random, tsAt));
  const changes = messages.flatMap((message) => changesOf(message, random, tsAt));
  const likes = Array.from({ length: reactions }, () =>
    likeOf(messages[below(random, messages.length)] as Json, memberId, random, tsAt),
  );
  return [weekly, ...messages, ...changes, ...likes].sort(
    (left, right) => Number(left['event_ts']) - Number(right['event_ts']),
  );
};

const weeklyPost = (ts: string, week: number): Json & { ts: string } => ({
  type: 'message',
  user: 'U0TILBOT01',
  bot_id: 'B0TILBOT01',
  ts,
  event_ts: ts,
  channel: CHANNEL,
  channel_type: 'channel',
  text: `*[TIL ${(Math.abs(week) % 12) + 1}월 ${(Math.abs(week) % 4) + 1}주차]*\n:white_check_mark: 일요일 자정까지 댓글로 게시물 링크를 올려주세요!`,
});

type TsAt = (seconds: number) => string;

const replyIn = (
  thread: string,
  spread: () => number,
  memberId: () => string,
  random: () => number,
  tsAt: TsAt,
): Json => {
  const ts = tsAt(spread());
  const url = `https://${HOSTS[below(random, HOSTS.length)]}${ts.slice(-6)}/오늘-배운-것`;
  const linked = random() < 0.9;
  return {
    type: 'message',
    user: memberId(),
    ts,
    event_ts: ts,
    client_msg_id: `5cc4c6d3-7928-4f2b-aab2-${ts.replace('.', '').slice(-12)}`,
    text: linked ? `이번 주 글입니다 🔥 <${url}>` : '이번 주는 바빴습니다',
    team: 'T0TILTEAM1',
    thread_ts: thread,
    parent_user_id: 'U0TILBOT01',
    blocks: [
      {
        type: 'rich_text',
        block_id: 'b+1UX',
        elements: [
          {
            type: 'rich_text_section',
            elements: [{ type: 'text', text: '이번 주 글입니다 🔥 ' }, ...(linked ? [{ type: 'link', url }] : [])],
          },
        ],
      },
    ],
    channel: CHANNEL,
    channel_type: 'channel',
  };
};

/** A link preview, an edit that takes the link away, or a deletion: for some. */
const changesOf = (message: Json, random: () => number, tsAt: TsAt): Json[] => {
  const at = tsAt(Number(message['ts']) + 60 + below(random, 3600));
  const around = { type: 'message', hidden: true, channel: CHANNEL, channel_type: 'channel', ts: at, event_ts: at };
  const { channel: _channel, channel_type: _type, event_ts: _at, ...inner } = message;
  const chance = random();
  if (chance < 0.4) {
    const url = /<(.*)>/.exec(String(message['text']))?.[1];
    if (!url) return [];
    const attachments = [
      { from_url: url, original_url: url, id: 1, title: '오늘 배운 것', title_link: url, service_name: 'velog.io' },
    ];
    return [{ ...around, subtype: 'message_changed', message: { ...inner, attachments }, previous_message: inner }];
  }
  if (chance < 0.5)
    return [
      {
        ...around,
        subtype: 'message_changed',
        message: { ...inner, text: '지웠습니다', blocks: [] },
        previous_message: inner,
      },
    ];
  return chance < 0.55
    ? [{ ...around, subtype: 'message_deleted', deleted_ts: message['ts'], previous_message: inner }]
    : [];
};

const likeOf = (message: Json, memberId: () => string, random: () => number, tsAt: TsAt): Json => ({
  type: random() < 0.8 ? 'reaction_added' : 'reaction_removed',
  user: memberId(),
  reaction: ['+1', '+1', '+1', '+1::skin-tone-3', 'thumbsup', 'heart'][below(random, 6)],
  item: { type: 'message', channel: CHANNEL, ts: message['ts'] },
  item_user: message['user'],
  event_ts: tsAt(Number(message['ts']) + below(random, 80_000)),
});
