import type { Workspace } from '../../src/sandbox/workspace.ts';
import { CHANNEL } from '../support/world.ts';
import { ADMIN, type createPeople, ORGANIZER } from './people.ts';
import type { Timeline } from './timeline.ts';

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const DEEDS_A_WEEK = 25;

export interface Before {
  workspace: Workspace;
  timeline: Timeline;
  people: ReturnType<typeof createPeople>;
  weekly: string[];
  random: () => number;
  /** The Monday on which the bot begins, in milliseconds. */
  until: number;
}

/** A channel's life before the bot: somebody opens each week by hand, people write and like, and nobody listens. */
export const liveBefore = async ({ workspace, timeline, people, weekly, random, until }: Before): Promise<void> => {
  workspace.post({ user: ADMIN, channel: CHANNEL, text: '어서 오세요' });
  for (let monday = timeline.now(); monday < until; monday += WEEK) {
    await timeline.runUntil(monday + HOUR);
    const month = new Date(monday).getUTCMonth() + 1;
    weekly.push(workspace.post({ user: ORGANIZER, channel: CHANNEL, text: `[TIL ${month}월 1주차]` }).ts);
    for (let deed = 0; deed < DEEDS_A_WEEK; deed++) {
      // Not in the last hours: what is younger than ten minutes is left to the deliveries, which nobody takes here.
      const left = monday + WEEK - 3 * HOUR - timeline.now();
      await timeline.runUntil(timeline.now() + (random() * left * 2) / DEEDS_A_WEEK);
      if (timeline.now() < monday + WEEK - 3 * HOUR) people.act();
    }
  }
  await timeline.runUntil(until - HOUR);
  workspace.take();
};
