import type { Ts } from '../events/timestamp.ts';
import { calendarOf, monthOf, type Week, weeksOf } from '../events/week.ts';
import { announcedBefore, resultAnnouncedIn } from './former-bot.ts';
import { unreadPages } from './progress.ts';
import { type Run, stepDone } from './run.ts';
import { remember } from './week-memory.ts';

/** Finds the results that another bot has announced this month. Those of earlier months are too old to be announced by anybody. */
export const announcedElsewhere = async (run: Run): Promise<void> => {
  const { challenge, ports, progress, skip } = run;
  const { channel, timeZone } = challenge;
  const { announced } = progress;
  if (announced.done) return;
  const calendar = calendarOf(timeZone);
  const start = calendar.instant(weeksOf(monthOf(calendar.weekOf(announced.latest)))[0] as Week, 0, 0, 0);
  const window: [Ts, Ts] = [`${start}.000000`, announced.latest];
  for await (const page of unreadPages(ports.reader, channel, window, announced.pages)) {
    for (const message of page) {
      const month = resultAnnouncedIn(message, calendar);
      if (month) announced.found[month] = message.ts;
    }
    stepDone(run);
  }
  const memory = remember(challenge, ports.log, skip);
  for (const [month, at] of Object.entries(announced.found)) {
    const event = announcedBefore(channel, month, at);
    // Whatever this bot has done about it stands.
    if (!(await memory.ledger(event.week)).effects[event.effect]) run.pending.push(event);
  }
  announced.done = true;
  stepDone(run);
};
