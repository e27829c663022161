import { fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import App from '../../dashboard/src/app.svelte';
import { fetchEarly, takeEarly } from '../../dashboard/src/lib/early.ts';
import { otherViews } from '../../dashboard/src/lib/other-views.svelte.ts';
import { Snapshots } from '../../dashboard/src/lib/snapshots.svelte.ts';
import { calendarOf, monthOf } from '../../src/events/week.ts';
import { sampleSnapshots } from '../support/sample-snapshots.ts';
import { settled } from './show.ts';

const early = import.meta.glob<string>('../../dashboard/public/early.js', {
  query: '?raw',
  import: 'default',
  eager: true,
});

const one = sampleSnapshots({ members: 8, weeks: 3 });
const two = sampleSnapshots({ members: 8, weeks: 3, channel: 'C0SECOND22', name: '알고리즘' });
const realFetch = globalThis.fetch;
let snapshots = new Map<string, unknown>();

// Fetched when first wanted; here they are at hand, so that a view is there as soon as its address is.
beforeAll(() => otherViews.fetch());

beforeEach(() => {
  localStorage.clear();
  location.hash = '';
  snapshots = new Map(one);
  globalThis.fetch = async (address) => {
    const snapshot = snapshots.get(String(address).replace('./snapshots/', ''));
    return snapshot === undefined ? new Response('', { status: 404 }) : Response.json(snapshot);
  };
});

afterEach(() => {
  vi.useRealTimers();
  globalThis.fetch = realFetch;
});

const open = async () => {
  const snapshots = new Snapshots({ fetch: fetchEarly, now: () => Date.now() });
  const shown = render(App, { snapshots });
  await settled();
  return { ...shown, text: () => shown.container.textContent?.replace(/\s+/g, ' ') ?? '' };
};

const goTo = async (hash: string) => {
  location.hash = hash;
  window.dispatchEvent(new HashChangeEvent('hashchange'));
  await settled();
};

test('the first challenge’s running week is the first page', async () => {
  const { getByRole } = await open();
  expect(getByRole('heading', { level: 1 }).textContent).toMatch(/TIL/);
});

test('without a challenge the page says so', async () => {
  snapshots = new Map();
  const { container } = await open();
  expect(container.textContent).toMatch(/No challenge yet|아직 챌린지가 없어요/);
});

test('an address that leads nowhere leads back', async () => {
  const { text } = await open();
  await goTo('#/C0TILCHAN1/week/nonsense');
  expect(text()).toMatch(/There is nothing here|여기에는 아무것도 없어요/);
});

test('with several challenges there is a switch, and it keeps the view', async () => {
  const challenges = [...one, ...two].filter(([address]) => address !== 'challenges.json');
  snapshots = new Map([
    ...challenges,
    [
      'challenges.json',
      {
        version: 1,
        challenges: [
          { channel: 'C0TILCHAN1', name: 'TIL' },
          { channel: 'C0SECOND22', name: '알고리즘' },
        ],
      },
    ],
  ]);
  const { getByRole } = await open();
  await goTo('#/C0TILCHAN1/hall');
  const which = getByRole('combobox', { name: /Challenge|챌린지/ });
  await fireEvent.change(which, { target: { value: 'C0SECOND22' } });
  expect(location.hash).toBe('#/C0SECOND22/hall');
});

test('language and theme are switched at once and kept', async () => {
  localStorage.setItem('til.language', 'ko');
  const { getByText, getByRole } = await open();
  await fireEvent.click(getByText('English'));
  expect(document.documentElement.lang).toBe('en');
  expect(localStorage.getItem('til.language')).toBe('en');
  await fireEvent.click(getByRole('button', { name: 'Switch to dark' }));
  expect(document.documentElement.dataset['theme']).toBe('dark');
  expect(localStorage.getItem('til.theme')).toBe('dark');
});

test('a malformed snapshot breaks its own view only', async () => {
  snapshots.set('C0TILCHAN1/months/2024-07.json', { version: 1, month: '2024-07' });
  const { text } = await open();
  await goTo('#/C0TILCHAN1/month/2024-07');
  expect(text()).toMatch(/This view could not be drawn|이 화면을 그리지 못했어요/);
  await goTo('#/C0TILCHAN1/ranking');
  expect(text()).toMatch(/By likes|좋아요 순위/);
});

test('what changes at the server appears within 15 seconds, without a reload', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  const { text } = await open();
  await goTo('#/C0TILCHAN1/ranking');
  expect(text()).not.toContain('새로운 이름');
  snapshots.set('C0TILCHAN1/members.json', {
    version: 1,
    members: [{ id: 'U1', name: '새로운 이름', weeks: 1, posts: 1, likes: 5 }],
  });
  vi.advanceTimersByTime(15_000);
  await settled();
  expect(text()).toContain('새로운 이름');
});

const asked = (): string[] => {
  const addresses: string[] = [];
  const answering = globalThis.fetch;
  globalThis.fetch = (address, options) => {
    addresses.push(String(address).replace('./snapshots/', ''));
    return answering(address, options);
  };
  return addresses;
};

test('what came early is drawn at once, what lies below a moment later, and nothing is asked for again', async () => {
  const addresses = asked();
  window.early = new Map([['./snapshots/challenges.json', Promise.resolve(Response.json(one.get('challenges.json')))]]);
  const early = new Snapshots({ fetch: fetchEarly, now: () => Date.now() });
  await takeEarly(early, '');
  expect(addresses.toSorted()).toEqual(
    ['index.json', 'members.json', 'months/2024-07.json', 'weeks/2024-W29.json'].map((name) => `C0TILCHAN1/${name}`),
  );
  const { container } = render(App, { snapshots: early });
  expect(container.querySelectorAll('.skeleton')).toHaveLength(0);
  expect(container.querySelectorAll('main ul a[href*="/member/"]').length).toBeGreaterThan(0);
  await vi.waitFor(() => expect(container.querySelectorAll('main ol a[target=_blank]').length).toBeGreaterThan(0));
  await settled();
  expect(addresses).toHaveLength(4);
});

test('early.js leaves to the code what the code asked for first', async () => {
  delete window.early;
  const addresses = asked();
  await takeEarly(new Snapshots({ fetch: fetchEarly, now: () => Date.now() }), '');
  expect(addresses).toHaveLength(5);
  new Function(Object.values(early).join())();
  await settled();
  expect(addresses).toHaveLength(5);
});

const askedEarly = (): string[] => [...(window.early?.keys() ?? [])];

test('early.js asks for the running week and month as the calendar has them, on every day of 40 years', () => {
  const run = new Function(Object.values(early).join());
  const calendar = calendarOf(Intl.DateTimeFormat().resolvedOptions().timeZone);
  location.hash = '#/C0TILCHAN1/now';
  vi.useFakeTimers();
  for (let day = Date.UTC(2018, 0, 1, 12); day < Date.UTC(2058, 0, 1); day += 86_400_000) {
    vi.setSystemTime(day);
    delete window.early;
    run();
    const week = calendar.weekAt(day / 1000);
    const expected = [`weeks/${week}.json`, `months/${monthOf(week)}.json`].map(
      (name) => `./snapshots/C0TILCHAN1/${name}`,
    );
    if (!expected.every((address) => askedEarly().includes(address))) expect(askedEarly()).toEqual(expected);
  }
});
