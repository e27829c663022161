import { fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import App from '../../dashboard/src/app.svelte';
import { fetchEarly, takeEarly } from '../../dashboard/src/lib/early.ts';
import { otherViews, restOfNow } from '../../dashboard/src/lib/other-views.svelte.ts';
import { Snapshots } from '../../dashboard/src/lib/snapshots.svelte.ts';
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
beforeAll(() => Promise.all([otherViews.fetch(), restOfNow.fetch()]));

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
  expect(text()).toMatch(/There is nothing here|페이지를 찾을 수 없어요/);
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
  expect(text()).toMatch(/This view could not be drawn|이 화면을 보여 드릴 수 없어요/);
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
  expect(container.querySelectorAll('main table a[href*="/member/"]').length).toBeGreaterThan(0);
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

const WEEKS = ['weeks/2024-W29.json', 'months/2024-07.json'].map((name) => `./snapshots/C0TILCHAN1/${name}`);

const runEarly = (hint?: string) => {
  delete window.early;
  const meta = document.createElement('meta');
  Object.assign(meta, { name: 'til', content: hint ?? '' });
  if (hint !== undefined) document.head.append(meta);
  new Function(Object.values(early).join())();
  meta.remove();
};

test('early.js asks at once for the week that the server wrote into the page, and waits for no list', () => {
  runEarly('C0TILCHAN1/2024-W29/2024-07 C0SECOND22/2024-W30/2024-07');
  expect(askedEarly()).toEqual(expect.arrayContaining(WEEKS));
  location.hash = '#/C0SECOND22/now';
  runEarly('C0TILCHAN1/2024-W29/2024-07 C0SECOND22/2024-W30/2024-07');
  expect(askedEarly()).toContain('./snapshots/C0SECOND22/weeks/2024-W30.json');
  location.hash = '#/C0TILCHAN1/members?find=x';
  runEarly('C0TILCHAN1/2024-W29/2024-07');
  expect(askedEarly()).not.toContain(WEEKS[0]);
});

test('early.js asks at once for the challenge that a stored page names, and for its week as soon as its index is here', async () => {
  runEarly('C0TILCHAN1 C0SECOND22');
  const early = ['challenges.json', 'C0TILCHAN1/index.json', 'C0TILCHAN1/members.json'];
  expect(askedEarly()).toEqual(early.map((name) => `./snapshots/${name}`));
  await settled();
  expect(askedEarly()).toEqual(expect.arrayContaining(WEEKS));
});

test('early.js believes no hint that would lead elsewhere', () => {
  runEarly('../../x/2024-W29/2024-07 C0TILCHAN1/..%2Fx/y C0TILCHAN1/2024-W29 ../x');
  expect(askedEarly()).toEqual(['./snapshots/challenges.json']);
});

test('early.js asks for the week of the last visit, which the page has kept', async () => {
  await open();
  expect(localStorage.getItem('til.latest')).toBe('C0TILCHAN1/2024-W29/2024-07');
  runEarly();
  expect(askedEarly()).toEqual(expect.arrayContaining(WEEKS));
});

test('early.js guesses no week: without a hint the index names it, and where there is none it asks for none', async () => {
  runEarly();
  expect(askedEarly()).toEqual(['./snapshots/challenges.json']);
  await settled();
  expect(askedEarly()).toEqual(expect.arrayContaining(WEEKS));
  const index = one.get('C0TILCHAN1/index.json') as object;
  snapshots.set('C0TILCHAN1/index.json', { ...index, weeks: [], months: [] });
  runEarly();
  await settled();
  expect(askedEarly().some((address) => /weeks|months/.test(address))).toBe(false);
});

test('every view has a title of its own, also two of one kind', async () => {
  localStorage.setItem('til.language', 'ko');
  await open();
  const titles = new Set<string>();
  const addresses = [
    'now',
    'week/2024-W28',
    'week/2024-W29',
    'month/2024-07',
    'members',
    'member/U000001',
    'hall',
  ].concat(['ranking', 'ranking/2024-W28', 'ranking/2024-07', 'replay', 'certificate/2024-07/U000001', 'nowhere']);
  for (const address of addresses) {
    await goTo(`#/C0TILCHAN1/${address}`);
    titles.add(document.title);
    expect(document.title).toMatch(/ · TIL$/);
  }
  expect(titles.size).toBe(addresses.length);
  await goTo('#/C0TILCHAN1/ranking/2024-07');
  expect(document.title).toBe('랭킹, 2024년 7월 · TIL');
});
