import { setTimeout as wait } from 'node:timers/promises';
import type { Network, Phone } from './phone.ts';

// What it means that a phone has drawn the page's first view, and when it has.

// By the score of Chromium's own developer tools, to which they slow a machine down for a phone of the middle range (like a Pixel 5).
export const PHONE_SCORE = 1000;

/** The networks by the names under which their figures are given. */
export const NETWORKS = {
  // WebPageTest's "LTE": 70 ms round trip, 12 Mbit/s.
  LTE: { roundTrip: 70, bytesPerSecond: 1_500_000 },
  // Lighthouse's "Slow 4G": 150 ms round trip, 1.6 Mbit/s down.
  'slow 4G': { roundTrip: 150, bytesPerSecond: 204_800 },
} satisfies Record<string, Network>;

/** An evening of the sample season's last week. */
const TODAY = '2024-11-07T03:00:00Z';

/** Milliseconds since the beginning of a navigation. */
export interface Visit {
  /** When anything was painted. */
  first: number;
  /** When what a phone's window holds (the week's heading, its figures and who wrote) was drawn, and a press would be answered. */
  window: number;
  /** When the posts below were. */
  posts: number;
}

// A frame that holds what is waited for is out, and the main thread is free to take a press.
const NOTE_DRAWN = `{
  const drawn = (...selectors) => new Promise((done) => {
    new MutationObserver((_, observer) => {
      if (selectors.some((selector) => document.querySelector(selector) === null)) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => done(performance.now())));
    }).observe(document, { childList: true, subtree: true });
  });
  const painted = new Promise((done) => {
    new PerformanceObserver((list) => {
      for (const { name, startTime } of list.getEntries()) if (name === 'first-contentful-paint') done(startTime);
    }).observe({ type: 'paint', buffered: true });
  });
  window.drawn = Promise.all([painted, drawn('main h1', 'main dl', 'main .people a[href*="/member/"]'), drawn('main ol a[target=_blank]')]);
}`;

// Playwright's clock would put its own timers under the page, and time them; this moves the date and nothing else.
const onDate = (date: string): string =>
  `{ const now = Date.now, ahead = Date.parse('${date}') - now(); Date.now = () => now() + ahead;
     const Real = Date; Date = class extends Real { constructor(...given) { super(...(given.length > 0 ? given : [Date.now()])); } static now = Date.now; }; }`;

// How many texts of 10,000 letters are put together, and how many lists of 100,000 numbers are copied, in a tenth of a second: the mean
// of the two is the score.
const SCORE = `{
  const score = () => {
    const tenths = (work) => {
      const began = performance.now();
      let times = 0;
      while (performance.now() - began < 250) work(times++);
      return times / 10 / ((performance.now() - began) / 1000);
    };
    const texts = tenths(() => {
      let text = '';
      for (let at = 0; at < 10_000; at++) text += 'a';
      if (text.length === 1) throw new Error('so that nothing is left out');
    });
    const lists = [0, 1].map(() => Array.from({ length: 100_000 }, (_, at) => at));
    const copies = tenths((times) => {
      const [from, to] = [lists[times % 2], lists[1 - (times % 2)]];
      for (let at = 0; at < from.length; at++) to[at] = from[at];
    });
    return (texts + copies) / 2;
  };
  score(); // So that it is compiled.
  score();
}`;

/** By how much this machine must be slowed down now to score as the phone does. Measured before each visit: a shared machine's speed drifts. */
export const slowdownOf = async (phone: Phone): Promise<number> => {
  await wait(500); // The page before has gone.
  return Math.max(1, Number(await phone.evaluate(SCORE, 1)) / PHONE_SCORE);
};

/** Opens an address cold, and says when what was drawn. */
export const visit = async (phone: Phone, address: string, slowdown: number): Promise<Visit> => {
  const times = await phone.open(
    address,
    onDate(TODAY) + NOTE_DRAWN,
    'window.drawn.then((times) => times.join())',
    slowdown,
  );
  const [first = Number.NaN, window = Number.NaN, posts = Number.NaN] = String(times).split(',').map(Number);
  return { first, window, posts };
};
