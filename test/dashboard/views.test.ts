import { fireEvent } from '@testing-library/svelte';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import Certificate from '../../dashboard/src/views/certificate.svelte';
import Hall from '../../dashboard/src/views/hall.svelte';
import Member from '../../dashboard/src/views/member.svelte';
import Members from '../../dashboard/src/views/members.svelte';
import Month from '../../dashboard/src/views/month.svelte';
import Now from '../../dashboard/src/views/now.svelte';
import Ranking from '../../dashboard/src/views/ranking.svelte';
import Replay from '../../dashboard/src/views/replay.svelte';
import Week from '../../dashboard/src/views/week.svelte';
import type { IndexSnapshot, MemberSnapshot, MonthSnapshot, WeekSnapshot } from '../../src/projections/contract.ts';
import { sampleSnapshots } from '../support/sample-snapshots.ts';
import { seasonIn, settled, show } from './show.ts';

const C = 'C0TILCHAN1';
const THURSDAY = Date.parse('2024-11-07T03:00:00Z');
const snapshots = sampleSnapshots({ members: 28, weeks: 19 });
const world = { snapshots, now: THURSDAY };
const weekAt = (week: string) => snapshots.get(`${C}/weeks/${week}.json`) as WeekSnapshot;
const monthAt = (month: string) => snapshots.get(`${C}/months/${month}.json`) as MonthSnapshot;
const changed = (address: string, snapshot: unknown) => new Map(snapshots).set(`${C}/${address}`, snapshot);
const without = (address: string) => {
  const rest = new Map(snapshots);
  rest.delete(`${C}/${address}`);
  return rest;
};

beforeEach(() => {
  localStorage.clear();
  location.hash = '';
});

describe('now', () => {
  test('says what week it is, until when, who wrote and who has not', async () => {
    const { text, getByRole } = await show(Now, {}, world);
    expect(getByRole('heading', { level: 1 }).textContent).toBe('TIL 11월 1주차');
    expect(text()).toContain('3일 남았어요');
    expect(text()).toContain('11월 10일 일요일 자정까지');
    expect(text()).toMatch(/참여 8 \/ 28/);
    expect(text()).toMatch(/아직 쓰기 전 28명 중 20명/);
  });

  test('has at first sight who wrote by their likes, and how many took part in each week, the running one open', async () => {
    const { container, getByRole } = await show(Now, {}, world);
    const table = getByRole('table', { name: '이번 주 좋아요 순위' });
    expect(table.querySelectorAll('tbody tr')).toHaveLength(weekAt('2024-W45').participants.length);
    const bars = [...container.querySelectorAll('.by-week li')].map((bar) =>
      bar.textContent?.replace(/\s+/g, ' ').trim(),
    );
    expect(bars).toHaveLength(12);
    const [last] = bars.slice(-1);
    expect(last).toMatch(/^11월 1주차, 진행 중: 8/);
    expect(bars.slice(0, -1).join()).not.toContain('진행 중');
    expect(container.querySelectorAll('.by-week .open')).toHaveLength(1);
  });

  test('a week in which nobody wrote waits for its first post only while it runs', async () => {
    const index = seasonIn(snapshots).index;
    const weeks = index.weeks.map((week, place) => (place >= 17 ? { ...week, posts: 0, participants: 0 } : week));
    const { container } = await show(Now, {}, { ...world, snapshots: changed('index.json', { ...index, weeks }) });
    const said = [...container.querySelectorAll('.by-week li')].slice(-2).map((bar) => bar.textContent ?? '');
    expect(said[0]).toContain('0명');
    expect(said[1]).toContain('첫 번째 글을 기다리고 있어요');
  });

  test('once the week is over its mark is like the others’', async () => {
    const { container } = await show(Now, {}, { ...world, now: Date.parse('2024-11-10T15:00:00Z') });
    expect(container.querySelectorAll('.by-week li')).toHaveLength(12);
    expect(container.querySelectorAll('.by-week .open')).toHaveLength(0);
  });

  test('says how many have not written yet, and who they are only where the challenge wants it', async () => {
    const index = seasonIn(snapshots).index;
    const absent = seasonIn(snapshots).members.find(({ id }) => !weekAt('2024-W45').participants.includes(id));
    const names = async (challenge: IndexSnapshot['challenge']) => {
      const { container } = await show(
        Now,
        {},
        { ...world, snapshots: changed('index.json', { ...index, challenge }) },
      );
      return container.querySelector('.people')?.textContent;
    };
    expect(await names(index.challenge)).not.toContain(absent?.name);
    expect(await names({ ...index.challenge, notYet: true })).toContain(absent?.name);
  });

  test('in a week of rest says so, and waits for nobody', async () => {
    const index = seasonIn(snapshots).index;
    const weeks = index.weeks.map((week, place) => (place === 18 ? { ...week, rest: true } : week));
    const resting = { ...world, snapshots: changed('index.json', { ...index, weeks }) };
    const { text } = await show(Now, {}, resting);
    expect(text()).toContain('이번 주는 쉬어 가는 주예요. 안 올려도 기록이 이어지고, 올리면 덤이에요.');
    expect(text()).not.toMatch(/아직 쓰기 전|쉬어 간 멤버/);
    expect(text()).toContain('참여 8 글');
    const english = await show(Now, {}, { ...resting, language: 'en' });
    expect(english.text()).toContain('A week of rest: nothing breaks if you skip it, and what you write is a bonus.');
  });

  test('keeps people writing: runs, as long as on the members’ own pages, and whether this week is in yet', async () => {
    const { container } = await show(Now, {}, world);
    await vi.waitFor(() => expect(container.textContent).toContain('이어 쓰는 중'));
    const rows = [...container.querySelectorAll('li:has(.note)')].map(({ textContent }) => textContent ?? '');
    expect(rows[0]).toMatch(/김서연 *19주째 *참여/);
    const kept = snapshots.get(`${C}/members/U000009.json`) as MemberSnapshot;
    expect(rows.find((row) => row.includes(kept.name))).toContain(`${kept.streak.current}주째`);
    expect(container.textContent).toContain('세 주를 쓰면 한 주는 쉬어도 이어져요');
    expect(rows.some((row) => row.endsWith('아직'))).toBe(true);
  });

  test('in a month’s first week everybody is in the race, later who wrote or still can', async () => {
    expect((await show(Now, {}, world)).text()).toContain('이번 달 첫 주예요');
    const index = seasonIn(snapshots).index;
    const october = changed('index.json', { ...index, weeks: index.weeks.slice(0, 17) });
    const october3 = { ...monthAt('2024-10'), weeks: index.weeks.slice(14, 17).map(({ week }) => week), closed: null };
    october.set(`${C}/months/2024-10.json`, october3);
    const { text } = await show(Now, {}, { snapshots: october, now: Date.parse('2024-10-23T03:00:00Z') });
    expect(text()).toContain('이번 달 3주에 모두 참여한 멤버');
  });

  test('speaks English when asked to', async () => {
    const { text, getByRole } = await show(Now, {}, { ...world, language: 'en' });
    expect(getByRole('heading', { level: 1 }).textContent).toBe('TIL Nov week 1');
    expect(text()).toContain('3 days left');
    expect(text()).toContain('Not yet');
  });

  test('on a Monday without a post there is last week’s to read', async () => {
    const index = seasonIn(snapshots).index;
    const weeks = index.weeks.map((week, place) =>
      place === 18 ? { ...week, posts: 0, participants: 0, likes: 0 } : week,
    );
    const monday = changed('index.json', { ...index, weeks });
    monday.set(`${C}/weeks/2024-W45.json`, { ...weekAt('2024-W45'), posts: [], participants: [] });
    const { text, container } = await show(Now, {}, { ...world, snapshots: monday });
    expect(text()).toContain('첫 번째 글을 기다리고 있어요');
    expect(text()).toContain('지난주 글');
    expect(container.querySelectorAll('ol a[target=_blank]').length).toBeGreaterThan(0);
  });

  test('counts hours on the last day', async () => {
    const sunday = Date.parse('2024-11-10T12:29:30Z');
    expect((await show(Now, {}, { ...world, now: sunday })).text()).toContain('2시간 30분 남았어요');
  });

  test('says that a week is over, and nobody is still expected', async () => {
    const { text } = await show(Now, {}, { ...world, now: Date.parse('2024-11-10T15:00:00Z') });
    expect(text()).toContain('마감됐어요');
    expect(text()).toContain('쉬어 간 멤버 28명 중 20명');
    expect(text()).not.toContain('아직 쓰기 전');
  });

  test('a challenge without a week waits for the first', async () => {
    const index = { ...seasonIn(snapshots).index, weeks: [], months: [], asOf: null };
    const { text } = await show(Now, {}, { ...world, snapshots: changed('index.json', index) });
    expect(text()).toContain('첫 주를 기다리고 있어요');
  });

  test('while nothing has come it says that it is loading', async () => {
    const never = () => new Promise<Response>(() => {});
    const { text } = await show(Now, {}, { ...world, answer: never });
    expect(text()).toContain('불러오는 중');
  });

  test('what cannot be fetched says so and can be tried again', async () => {
    const broken = async () => new Response('', { status: 500 });
    const { getAllByRole, getAllByText } = await show(Now, {}, { ...world, answer: broken });
    expect(getAllByRole('alert').length).toBeGreaterThan(0);
    expect(getAllByText('다시 시도').length).toBeGreaterThan(0);
  });
});

describe('a week', () => {
  test('lists posts with titles as links, late marks and the way to Slack', async () => {
    const { container, text } = await show(Week, { id: '2024-W35' }, world);
    const links = [...container.querySelectorAll<HTMLAnchorElement>('ol a[target=_blank]')];
    expect(links).toHaveLength(weekAt('2024-W35').posts.length * 2);
    expect(links.every(({ rel }) => rel === 'noopener noreferrer')).toBe(true);
    expect(text()).toContain('지각');
    expect(text()).toContain('Slack에서 보기');
  });

  test('shows a post that was imported without a link, with the way to Slack', async () => {
    const permalink = 'https://til.slack.com/archives/C0TILCHAN1/p11?thread_ts=1.0&cid=C0TILCHAN1';
    const posts = [{ ts: '1.1', author: 'U000001', likes: 3, late: false, links: [], permalink }];
    const week = { ...weekAt('2024-W35'), posts, participants: ['U000001'] };
    const imported = { ...world, snapshots: changed('weeks/2024-W35.json', week) };
    const { container } = await show(Week, { id: '2024-W35' }, imported);
    const links = [...container.querySelectorAll<HTMLAnchorElement>('ol a[target=_blank]')];
    expect(links.map(({ href }) => href)).toEqual([permalink]);
  });

  test('members with equal likes share a rank, and who has none is ranked too', async () => {
    const post = (author: string, likes: number, ts: string) => ({ ts, author, likes, late: false, links: [] });
    const posts = [post('U000001', 3, '1.1'), post('U000002', 3, '1.2'), post('U000003', 0, '1.3')];
    const week = { ...weekAt('2024-W35'), posts, participants: ['U000001', 'U000002', 'U000003'] };
    const { container } = await show(
      Week,
      { id: '2024-W35' },
      { ...world, snapshots: changed('weeks/2024-W35.json', week) },
    );
    const rows = [...container.querySelectorAll('tbody tr')];
    expect(rows.map((row) => row.querySelector('.rank svg')?.getAttribute('aria-label'))).toEqual(['1', '1', '3']);
    expect(rows.at(-1)?.textContent).toMatch(/^\s*3\D*$/);
  });

  test('can be read from its least read post on, which waits for a reader instead of having none', async () => {
    const posts = weekAt('2024-W35').posts.map((post, place) =>
      place === 3 ? { ...post, likes: 0 } : { ...post, likes: 9 },
    );
    const shown = changed('weeks/2024-W35.json', { ...weekAt('2024-W35'), posts });
    const { container, getByLabelText, text } = await show(Week, { id: '2024-W35' }, { ...world, snapshots: shown });
    const first = () => container.querySelector('ol > li')?.textContent;
    const before = first();
    expect(before).not.toContain('첫 독자를 기다려요');
    await fireEvent.change(getByLabelText('정렬'), { target: { value: 'unread' } });
    expect(first()).toContain('첫 독자를 기다려요');
    expect(text()).not.toContain('좋아요 0개');
    await fireEvent.change(getByLabelText('정렬'), { target: { value: 'time' } });
    expect(first()).toBe(before);
  });

  test('that is over says how many sat out, out of how many, and names none of them', async () => {
    const gone = weekAt('2024-W27').participants.filter((id) => !seasonIn(snapshots).names.has(id));
    expect(gone).toEqual(['U000006']);
    const wrote = weekAt('2024-W27').participants.length;
    const { text } = await show(Week, { id: '2024-W27' }, world);
    expect(text()).toContain(`참여 ${wrote} / 28`);
    expect(text()).toContain(`쉬어 간 멤버 28명 중 ${28 - wrote}명`);
    const absent = seasonIn(snapshots).members.filter(({ id }) => !weekAt('2024-W27').participants.includes(id));
    for (const { name } of absent) expect(text()).not.toContain(name);
    const rest = await show(Week, { id: '2024-W38' }, world);
    expect(rest.text()).not.toContain('쉬어 간 멤버');
  });

  test('of rest is named as one, running or over', async () => {
    const { text } = await show(Week, { id: '2024-W38' }, world);
    expect(text()).toContain('쉬어 간 주예요');
    const then = { ...world, now: Date.parse('2024-09-17T03:00:00Z') };
    expect((await show(Week, { id: '2024-W38' }, then)).text()).toContain('이번 주는 쉬어 가는 주예요');
    expect((await show(Week, { id: '2024-W37' }, world)).text()).not.toContain('쉬어 간 주예요');
  });

  test('a week that nobody knows is an empty week', async () => {
    const { text } = await show(Week, { id: '2023-W01' }, world);
    expect(text()).toContain('아직 글이 없어요');
  });
});

describe('a month', () => {
  test('that was announced shows what was announced, and what is different by now', async () => {
    const { container, text } = await show(Month, { id: '2024-07' }, world);
    const first = monthAt('2024-07').closed?.challengers[0]?.likes;
    const announced = container.querySelector('section')?.textContent ?? '';
    expect(announced).toContain('발표 완료');
    expect(announced.match(new RegExp(`좋아요 ${first}개`, 'g'))).toHaveLength(2);
    expect(text()).toContain(`좋아요 ${first} → ${monthAt('2024-07').challengers[0]?.likes}`);
    expect(text()).toContain('지금 기준으로는 스페셜 챌린저가 아니에요');
  });

  test('that runs says that it may change, and changes nothing afterwards', async () => {
    const { text } = await show(Month, { id: '2024-11' }, world);
    expect(text()).toContain('진행 중');
    expect(text()).not.toContain('발표 뒤에 달라진 것');
  });

  test('that is over but not announced waits for it', async () => {
    const july = await show(Month, { id: '2024-11' }, { ...world, now: Date.parse('2024-12-01T15:00:00Z') });
    expect(july.text()).toContain('발표 전');
    expect(july.text()).not.toContain('진행 중');
  });

  test('the matrix says done, late, kept and off in words', async () => {
    const july = await show(Month, { id: '2024-07' }, world);
    const words = [...july.container.querySelectorAll('tbody .stamp .hidden')].map(
      ({ textContent }) => textContent ?? '',
    );
    expect(words.some((word) => word.startsWith('참여, 좋아요'))).toBe(true);
    expect(words.some((word) => word.startsWith('지각'))).toBe(true);
    expect(words).toContain('쉼');
    expect(words).toContain('쉬어도 이어짐');
    expect(july.container.querySelector('tbody .kept')?.getAttribute('title')).toBe(
      '세 주를 쓰면 한 주는 쉬어도 이어져요',
    );
  });

  test('has a moon where a run keeps a week, where somebody is excused, and over a week of rest', async () => {
    const moons = async (id: string, who: string) => {
      const { container } = await show(Month, { id }, world);
      const row = [...container.querySelectorAll('tbody tr')].find((each) => each.querySelector(`a[href$="${who}"]`));
      const marks = [...(row?.querySelectorAll('.stamp') ?? [])].map((stamp) => stamp.className.split(' ')[1]);
      return { marks, head: container.querySelectorAll('thead .rest').length };
    };
    expect((await moons('2024-08', 'U000003')).marks).toContain('kept');
    const september = await moons('2024-09', 'U000009');
    expect(september.marks[2]).toBe('rest');
    expect(september.head).toBe(1);
  });

  test('names those who wrote along with a week off', async () => {
    const july = await show(Month, { id: '2024-07' }, world);
    expect(july.text()).toContain('쉬어 가며 함께한 분');
    const english = await show(Month, { id: '2024-07' }, { ...world, language: 'en' });
    expect(english.text()).toContain('Wrote along, with a week off');
  });

  test('without a second tier says nothing of it', async () => {
    const { finishers: _, ...month } = monthAt('2024-07');
    const { finishers: __, ...closed } = month.closed ?? { at: '', challengers: [], special: [] };
    const without = changed('months/2024-07.json', { ...month, closed });
    const { text } = await show(Month, { id: '2024-07' }, { ...world, snapshots: without });
    expect(text()).not.toMatch(/쉬어 가며 함께/);
  });

  test('a member with every week and no like is a challenger', async () => {
    const { container } = await show(Month, { id: '2024-07' }, world);
    const names = [...container.querySelectorAll('section:first-of-type li')].map(({ textContent }) => textContent);
    expect(names.some((name) => name?.includes('윤하은'))).toBe(true);
    expect(container.textContent).not.toContain('좋아요 0개');
  });

  test('without challengers says a kind word', async () => {
    const month = {
      ...monthAt('2024-08'),
      challengers: [],
      special: [],
      closed: { at: '1.0', challengers: [], special: [] },
    };
    const { text } = await show(
      Month,
      { id: '2024-08' },
      { ...world, snapshots: changed('months/2024-08.json', month) },
    );
    expect(text()).toContain('이번 달 챌린저는 없었어요');
  });
});

describe('members', () => {
  test('are all there, also those who never wrote, and can be found by name', async () => {
    const { container, getByRole, text } = await show(Members, {}, world);
    expect(container.querySelectorAll('tbody tr')).toHaveLength(27);
    await fireEvent.input(getByRole('searchbox'), { target: { value: '서연' } });
    expect(container.querySelectorAll('tbody tr')).toHaveLength(1);
    await fireEvent.input(getByRole('searchbox'), { target: { value: 'nobody' } });
    expect(text()).toContain('찾는 멤버가 없어요');
  });
});

const numbersOf = (container: Element, column: number): number[] =>
  [...container.querySelectorAll('tbody tr')].map((row) => Number([...row.children].at(column)?.textContent || 0));
const descending = (numbers: number[]): number[] => numbers.toSorted((a, b) => b - a);

describe('a table of weeks', () => {
  test('of a month sorts by weeks, posts and likes, which it shows, and says by which', async () => {
    const { container, getByRole } = await show(Month, { id: '2024-07' }, world);
    const head = (name: RegExp) => getByRole('columnheader', { name });
    expect(head(/^주/).getAttribute('aria-sort')).toBe('descending');
    for (const [name, column] of [
      [/^좋아요/, -1],
      [/^글/, -2],
      [/^주/, -3],
    ] as const) {
      await fireEvent.click(head(name).querySelector('button') as HTMLElement);
      const shown = numbersOf(container, column);
      expect(shown).toEqual(descending(shown));
      expect(new Set(shown).size).toBeGreaterThan(1);
      expect(container.querySelectorAll('th[aria-sort=descending]')).toHaveLength(1);
    }
    expect(location.hash).toContain('sort=weeks');
    await fireEvent.click(head(/^주/).querySelector('button') as HTMLElement);
    expect(numbersOf(container, -3)).toEqual(descending(numbersOf(container, -3)).reverse());
    expect(head(/^주/).getAttribute('aria-sort')).toBe('ascending');
  });

  test('of the members shows the sums of the season, sorted as the address says, and found by first consonants', async () => {
    location.hash = '#/C0TILCHAN1/members?sort=likes';
    const { container, getByRole, text } = await show(Members, {}, world);
    const { members } = seasonIn(snapshots);
    expect(numbersOf(container, -1)).toEqual(descending(members.map(({ likes }) => likes)));
    expect(numbersOf(container, -3)[0]).toBe(members.toSorted((a, b) => b.likes - a.likes)[0]?.weeks);
    await fireEvent.input(getByRole('searchbox'), { target: { value: '김ㅅㅇ' } });
    expect(container.querySelectorAll('tbody tr')).toHaveLength(1);
    expect(text()).toContain('김서연');
    expect(location.hash).toBe(`#/C0TILCHAN1/members?sort=likes&find=${encodeURIComponent('김ㅅㅇ')}`);
    const again = await show(Members, {}, world);
    expect((again.getAllByRole('searchbox').at(-1) as HTMLInputElement).value).toBe('김ㅅㅇ');
  });
});

describe('a certificate', () => {
  const of = (id: string, member: string, snapshots = world.snapshots, language: 'ko' | 'en' = 'ko') =>
    show(Certificate, { id, of: member }, { ...world, snapshots, language });
  const challenger = monthAt('2024-07').closed?.challengers.find(
    ({ id }) => !monthAt('2024-07').closed?.special.includes(id),
  );

  test('says whose it is, for what, and what was announced', async () => {
    const id = challenger?.id ?? '';
    const { getByRole, text } = await of('2024-07', id);
    expect(getByRole('heading', { level: 1 }).textContent).toBe('챌린저 인증서');
    expect(text()).toContain(seasonIn(snapshots).names.get(id));
    expect(text()).toContain('2024년 7월 한 달 동안 TIL에 함께하며');
    expect(text()).toContain('2024년 8월 5일');
    const special = await of('2024-07', monthAt('2024-07').closed?.special[0] ?? '', snapshots, 'en');
    expect(special.text()).toContain('Certificate of a special challenger');
  });

  test('has the likes that were announced, and not those that came later', async () => {
    const july = monthAt('2024-07');
    const id = challenger?.id ?? '';
    const closed = july.closed && {
      ...july.closed,
      challengers: july.closed.challengers.map((each) => (each.id === id ? { ...each, likes: 4321 } : each)),
    };
    const { text } = await of('2024-07', id, changed('months/2024-07.json', { ...july, closed }));
    expect(text()).toContain('좋아요 4,321');
  });

  test('is given to nobody who was not announced, nor before it is', async () => {
    const { members, closed } = monthAt('2024-07');
    const other = members.find(({ id }) => !closed?.challengers.some((each) => each.id === id))?.id ?? '';
    const none = await of('2024-07', other);
    expect(none.text()).toContain('이 주소에는 인증서가 없어요');
    expect(none.container.querySelector('.sheet')).toBeNull();
    const early = await of('2024-11', 'U000001');
    expect(early.text()).toContain('결과가 발표된 뒤에 나와요');
    expect(early.container.querySelector('.sheet')).toBeNull();
  });

  test('is found beside each challenger of an announced month, and of no other', async () => {
    const july = await show(Month, { id: '2024-07' }, world);
    const links = [...july.container.querySelectorAll('a[href*="/certificate/"]')];
    const challengers = monthAt('2024-07').closed?.challengers.map(({ id }) => `#/${C}/certificate/2024-07/${id}`);
    expect(links.map((link) => link.getAttribute('href')).toSorted()).toEqual(challengers?.toSorted());
    expect(july.getByRole('link', { name: '김서연 인증서' })).toBeTruthy();
    const running = await show(Month, { id: '2024-11' }, world);
    expect(running.container.querySelectorAll('a[href*="/certificate/"]')).toHaveLength(0);
  });

  test('is where a member’s honours lead', async () => {
    const { container } = await show(Member, { id: 'U000001' }, world);
    const links = [...container.querySelectorAll('a[href*="/certificate/"]')].map((link) => link.getAttribute('href'));
    expect(links).toContain('#/C0TILCHAN1/certificate/2024-07/U000001');
  });
});

describe('a member', () => {
  test('is printed once the whole season is here', async () => {
    const print = vi.fn();
    vi.stubGlobal('print', print);
    const { container, getByRole } = await show(Member, { id: 'U000001' }, world);
    const shown = (what: string) => container.querySelectorAll(what).length;
    print.mockImplementation(() => {
      print.mockName(`${shown('.weeks section')} weeks, ${shown('.skeleton')} of them on their way`);
    });
    await fireEvent.click(getByRole('button', { name: '인쇄하기' }));
    await vi.waitFor(() => expect(print).toHaveBeenCalledTimes(1));
    expect(print.getMockName()).toBe('19 weeks, 0 of them on their way');
    await settled();
    expect(container.querySelectorAll('.weeks section')).toHaveLength(4);
    vi.unstubAllGlobals();
  });

  test('has a strip of weeks, runs, honours and posts', async () => {
    const { container, text } = await show(Member, { id: 'U000001' }, world);
    expect(container.querySelectorAll('.months .stamp')).toHaveLength(19);
    expect(text()).toContain('현재 기록 19주');
    expect(text()).toContain('7월 스페셜 챌린저');
    expect(text()).toContain('더 보기 (15주)');
  });

  test('has moons for the weeks that a run keeps or that rest', async () => {
    const { container } = await show(Member, { id: 'U000005' }, world);
    const { rests = {} } = snapshots.get(`${C}/members/U000005.json`) as MemberSnapshot;
    const moons = [...container.querySelectorAll('.months .kept, .months .rest')].map(({ textContent }) =>
      textContent?.trim(),
    );
    expect(Object.values(rests)).toEqual(['kept', 'rest']);
    expect(moons).toEqual(['7월 2주차: 쉬어도 이어짐', '9월 3주차: 쉬어 가는 주']);
  });

  test('has no zero: neither who never wrote nor who has no run just now', async () => {
    const none = await show(Member, { id: 'U000014' }, world);
    expect(none.text()).not.toMatch(/(^|\D)0(\D|$)/);
    expect(none.text()).not.toMatch(/현재 기록|참여한 주/);
    const { streak } = snapshots.get(`${C}/members/U000016.json`) as MemberSnapshot;
    expect(streak).toEqual({ current: 0, longest: 3 });
    const past = await show(Member, { id: 'U000016' }, world);
    expect(past.text()).toContain('최장 기록 3주');
    expect(past.text()).not.toContain('현재 기록');
  });

  test('who is known but has no snapshot is awaited', async () => {
    const { text } = await show(Member, { id: 'U000007' }, { ...world, snapshots: without('members/U000007.json') });
    expect(text()).toContain('첫 도장을 기다릴게요');
  });

  test('who has left is still called by name', async () => {
    expect(seasonIn(snapshots).names.has('U000006')).toBe(false);
    const { text } = await show(Week, { id: '2024-W27' }, world);
    expect(text()).toContain('한은호');
    expect(text()).not.toContain('U000006');
  });

  test('whom nobody knows is unknown', async () => {
    const { text } = await show(Member, { id: 'UNKNOWN' }, world);
    expect(text()).toContain('멤버를 찾을 수 없어요');
  });
});

test('the hall of fame has every month, sealed once announced', async () => {
  const { container, text } = await show(Hall, {}, world);
  expect(container.querySelectorAll('section.card')).toHaveLength(6);
  expect(text()).toMatch(/스페셜 챌린저에 가장 많이 오른 멤버 4번 .*김서연/);
  expect(text()).toContain('2024년 7월');
  expect(text().match(/잘했어요/g)).toHaveLength(4);
  expect(text().match(/쉬어 가며 함께한 분/g)).toHaveLength(4);
});

describe('the ranking', () => {
  test('of the whole season has everybody who took part, also without a like', async () => {
    const { container, text } = await show(Ranking, { id: undefined }, world);
    const writers = seasonIn(snapshots).members.filter(({ posts }) => posts > 0);
    expect(container.querySelectorAll('tbody tr')).toHaveLength(writers.length);
    expect(text()).toContain('시즌 전체');
    expect(text()).toContain('윤하은');
    expect(text()).not.toContain('좋아요 0개');
  });

  test('of a month has that month’s, between those of the week and of all', async () => {
    const { container, getByRole, text } = await show(Ranking, { id: '2024-08' }, world);
    const august = monthAt('2024-08').members;
    expect(container.querySelectorAll('tbody tr')).toHaveLength(august.length);
    expect(text()).toContain(`좋아요 ${Math.max(...august.map(({ likes }) => likes))}개`);
    expect(getByRole('link', { name: '월간' }).getAttribute('aria-current')).toBe('true');
    expect(getByRole('link', { name: '주차' }).getAttribute('href')).toBe('#/C0TILCHAN1/ranking/2024-W45');
    expect(getByRole('link', { name: '전체' }).getAttribute('href')).toBe('#/C0TILCHAN1/ranking');
    expect(getByRole('link', { name: '이전: 2024년 7월' })).toBeTruthy();
  });

  test('of a week has that week’s', async () => {
    const { container } = await show(Ranking, { id: '2024-W35' }, world);
    expect(container.querySelectorAll('tbody tr')).toHaveLength(weekAt('2024-W35').participants.length);
  });
});

test('the replay goes back to how it stood after the first week', async () => {
  const { getByRole, text } = await show(Replay, {}, world);
  const { totals, weeks } = seasonIn(snapshots).index;
  expect(text()).toContain(`좋아요 ${totals.likes.toLocaleString('ko')}`);
  await fireEvent.input(getByRole('slider'), { target: { value: '0' } });
  expect(text()).toContain('2024년 7월 1주차까지');
  expect(text()).toContain(`좋아요 ${weeks[0]?.likes}`);
});

test('the replay has the runs, the moons, the week of rest and the month as they were at that week', async () => {
  const { container, getByRole, text } = await show(Replay, {}, world);
  const at = async (place: number) => {
    await fireEvent.input(getByRole('slider'), { target: { value: String(place) } });
    await settled();
  };
  const run = (name: string) =>
    [...container.querySelectorAll('li:has(.note):has(.stamp)')].find(({ textContent }) => textContent?.includes(name));
  const { names } = seasonIn(snapshots);
  await at(11);
  expect(text()).toContain('2024년 9월 3주차까지 쉬어 가는 주');
  expect(run(names.get('U000017') ?? '')?.textContent).toMatch(/11주째 +쉬어 가는 주/);
  expect(text()).toContain('2024년 9월 챌린저');
  await at(5);
  expect(text()).not.toContain('쉬어 가는 주');
  await at(7);
  expect(run(names.get('U000009') ?? '')?.textContent).toMatch(/7주째 +쉬어도 이어짐/);
  expect(text()).toMatch(/2024년 8월 챌린저.*쉬어 가며 함께하는 분/);
  await at(8);
  expect(text()).toMatch(/2024년 8월 챌린저.*쉬어 가며 함께한 분/);
});

test('the replay keeps the weeks that the bot keeps, though no run goes over them', async () => {
  const off = ['2024-W33', '2024-W34'];
  const without = <Rows extends object>(rows: Rows) =>
    Object.fromEntries(Object.entries(rows).filter(([week]) => !off.includes(week)));
  const august = monthAt('2024-08');
  const members = august.members.map((row) =>
    row.id === 'U000001' ? { ...row, weeks: without(row.weeks), challenger: false } : row,
  );
  const excused = changed('months/2024-08.json', { ...august, members });
  const member = snapshots.get(`${C}/members/U000001.json`) as MemberSnapshot;
  const rests = { '2024-W33': 'kept', '2024-W34': 'kept' };
  excused.set(`${C}/members/U000001.json`, { ...member, weeks: without(member.weeks), rests });
  const { container } = await show(Replay, {}, { ...world, snapshots: excused });
  const rows = [...container.querySelectorAll('li:has(.note):has(.stamp)')].map(({ textContent }) => textContent);
  expect(rows.find((row) => row?.includes('김서연'))).toContain('17주째');
});

test('what is as a table names the weeks of rest', async () => {
  const { container, getByText } = await show(Replay, {}, world);
  const details = getByText('표로 보기').closest('details') as HTMLDetailsElement;
  details.open = true;
  await fireEvent(details, new Event('toggle'));
  expect(container.querySelectorAll('tbody .rest')).toHaveLength(1);
  expect(container.querySelector('tr:has(.rest) th')?.textContent).toMatch(/9월 3주차\s+쉬어 가는 주/);
});

describe('hostile data', () => {
  const hostile = {
    snapshots: sampleSnapshots({ members: 40, weeks: 6, hostile: true }),
    now: Date.parse('2024-08-08T03:00:00Z'),
  };
  const views = [
    [Now, {}],
    [Week, { id: '2024-W28' }],
    [Month, { id: '2024-07' }],
    [Members, {}],
    [Member, { id: 'U000001' }],
    [Certificate, { id: '2024-07', of: 'U000001' }],
    [Hall, {}],
    [Ranking, { id: undefined }],
    [Replay, {}],
  ] as const;

  test.each(views)('is text, and no element, script or handler (%#)', async (View, props) => {
    const { container } = await show(View, props, hostile);
    expect(container.querySelectorAll('img, script, iframe, object')).toHaveLength(0);
    const handlers = [...container.querySelectorAll('*')].flatMap((element) =>
      element.getAttributeNames().filter((name) => name.startsWith('on')),
    );
    expect(handlers).toEqual([]);
    for (const link of container.querySelectorAll('a')) expect(link.getAttribute('href')).toMatch(/^(#\/|https?:\/\/)/);
  });

  test('titles that look like markup are shown as they are', async () => {
    const shown = await Promise.all(['2024-W27', '2024-W28', '2024-W29'].map((id) => show(Week, { id }, hostile)));
    const text = shown.map((view) => view.text()).join(' ');
    expect(text).toContain('<script>alert(1)</script>');
    expect(text).toContain('<img src=x onerror=alert(1)>');
  });
});
