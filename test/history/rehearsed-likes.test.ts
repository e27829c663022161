import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/catalog.ts';
import { rehearseLikes } from '../../src/history/rehearsed-likes.ts';
import {
  at,
  chose,
  deletion,
  edit,
  JIHO,
  LINK,
  like,
  MINSEO,
  post,
  profile,
  REPLY,
  reply,
  ruled,
  SEOYEON,
  unlike,
  WEEKLY,
  weeklyPost,
} from '../support/events.ts';
import { challengeOf, type Settings } from '../support/given.ts';
import { ordered } from '../support/table-season.ts';

const notices = (mode: 'each' | 'steps' | 'card' | 'off', events: readonly Event[], settings: Settings = {}) =>
  rehearseLikes(challengeOf({ ...settings, notify: { likes: mode } }), ordered(weeklyPost(), events));

const LIKED = at('2024-08-06 21:00');
const minutes = (count: number): string => `${Number(LIKED.split('.')[0]) + count * 60}.000000`;
/** So many people like a post, a minute apart. */
const likers = (count: number, item = REPLY): Event[] =>
  Array.from({ length: count }, (_, number) =>
    like(`U0READER${String(number).padStart(3, '0')}`, minutes(number), { item }),
  );

describe('like notices, rehearsed', () => {
  test('are one for each like, one for each step, one for a card, or none', () => {
    const events = [reply(), ...likers(23)];
    expect(notices('each', events)).toHaveLength(23);
    expect(notices('steps', events).map((each) => each.at)).toEqual([0, 4, 9, 19].map(minutes));
    expect(notices('card', events)).toEqual([{ at: minutes(0), to: MINSEO }]);
    expect(notices('off', events)).toEqual([]);
  });

  test('are those that the author had chosen by then', () => {
    const events = [reply(), ...likers(23)];
    const off = chose(MINSEO, 'likes', 'off', minutes(-1));
    const chosen = (...choices: Event[]) => notices('steps', [...events, ...choices]).map((each) => each.at);
    expect(chosen(off)).toEqual([]);
    // On after four likes: none of these is told, and none of the steps that they reached.
    expect(chosen(off, chose(MINSEO, 'likes', 'each', minutes(20)))).toEqual([20, 21, 22].map(minutes));
    expect(chosen(off, chose(MINSEO, 'likes', 'steps', minutes(4)))).toEqual([4, 9, 19].map(minutes));
    expect(chosen(off, chose(MINSEO, 'likes', 'card', minutes(4)))).toEqual([minutes(4)]);
    expect(chosen(chose(MINSEO, 'likes', 'off', minutes(5)))).toEqual([0, 4].map(minutes));
    expect(chosen(chose(JIHO, 'likes', 'off', minutes(-1)))).toHaveLength(4);
    expect(chosen(chose(MINSEO, 'notes', 'off', minutes(-1)))).toHaveLength(4);
  });

  test('are not of own likes, of other emojis, or of bots', () => {
    const bot = { ...profile('U0READER000', 'x', { bot: true }), at: WEEKLY };
    expect(notices('each', [reply(), like(MINSEO, LIKED), ...likers(2)])).toHaveLength(2);
    expect(notices('each', [reply(), like(JIHO, LIKED, { name: 'heart' })])).toEqual([]);
    expect(notices('each', [reply(), bot, ...likers(2)])).toHaveLength(1);
    expect(
      notices('each', [reply(), like(JIHO, LIKED, { name: 'heart' })], { rules: { likes: ['heart'] } }),
    ).toHaveLength(1);
  });

  test('count somebody once a post, with whatever skin tone and however often', () => {
    const again = [
      like(JIHO, minutes(0)),
      like(JIHO, minutes(1), { name: '+1::skin-tone-2' }),
      unlike(JIHO, minutes(2)),
      unlike(JIHO, minutes(3), { name: '+1::skin-tone-2' }),
      like(JIHO, minutes(4)),
    ];
    for (const mode of ['each', 'steps', 'card'] as const)
      expect(notices(mode, [reply(), ...again]).map((each) => each.at)).toEqual([minutes(0)]);
    // One who only changes the tone does not make the fifth.
    const four = [...likers(4), like('U0READER000', minutes(10), { name: 'thumbsup' })];
    expect(notices('steps', [reply(), ...four])).toHaveLength(1);
    const gone = [...likers(4), unlike('U0READER000', minutes(10), { name: 'thumbsup' }), like(JIHO, minutes(11))];
    expect(notices('steps', [reply(), ...gone])).toHaveLength(2);
  });

  test('are of posts that count, whenever they do', () => {
    const bare = reply(REPLY, { links: [] });
    expect(notices('each', [bare, ...likers(3)])).toEqual([]);
    expect(notices('each', [bare, ...likers(3), edit(REPLY, minutes(60), { links: [LINK] })])).toHaveLength(3);
    expect(notices('each', [bare, ...likers(3), { ...ruled(REPLY, 'accept'), at: minutes(60) }])).toHaveLength(3);
    // What was told of a post that was deleted later, was told.
    expect(notices('each', [reply(), ...likers(3), deletion(REPLY, minutes(60))])).toHaveLength(3);
    expect(notices('each', [post(REPLY, { links: [LINK] }), ...likers(3)])).toEqual([]);
  });

  test('are of people for whom an app has posted, once they react themselves', () => {
    const byApp = post(at('2024-08-06 08:00'), {
      author: { user: SEOYEON, bot: 'B0OTHERAPP' },
      thread: WEEKLY,
    });
    const events = [byApp, reply(), like(SEOYEON, minutes(0)), like(JIHO, minutes(1))];
    expect(notices('each', events)).toHaveLength(2);
  });
});
