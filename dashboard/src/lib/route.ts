/** The pages, in the order of the navigation. */
export const views = ['now', 'week', 'month', 'members', 'hall', 'ranking', 'replay'] as const;

/** A page of the dashboard. */
export type View = (typeof views)[number] | 'member' | 'certificate';

/** What an address asks of its page: by what it is sorted (`-likes`: the other way round), and what is looked for. */
export interface Query {
  sort?: string;
  find?: string;
}

/** An address: `#/<channel>/<view>/<id>?sort=…&find=…`; a certificate has the month's id and then, as `of`, whose it is. */
export interface Route {
  channel: string | undefined;
  view: View | 'unknown';
  id: string | undefined;
  of?: string;
  query: Query;
}

const SAFE = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,255}$/;
const WEEK = /^\d{4}-W\d{2}$/;
const MONTH = /^\d{4}-\d{2}$/;
const IDS: Partial<Record<View, RegExp>> = {
  week: WEEK,
  month: MONTH,
  member: SAFE,
  ranking: new RegExp(`${WEEK.source}|${MONTH.source}`),
  certificate: MONTH,
};
const NEED_AN_ID: ReadonlySet<View> = new Set(['member', 'certificate']);
const LONGEST = 100;

/** Whether an id is a month's (`2024-08`). */
export const isMonth = (id: string): boolean => MONTH.test(id);

const isView = (word: string): word is View =>
  NEED_AN_ID.has(word as View) || (views as readonly string[]).includes(word);

const acceptsId = (view: View, id: string | undefined): boolean =>
  id === undefined ? !NEED_AN_ID.has(view) : (IDS[view]?.test(id) ?? false);

const acceptsOf = (view: View, of: string | undefined): boolean =>
  view === 'certificate' ? of !== undefined && SAFE.test(of) : of === undefined;

const queryIn = (text: string): Query => {
  const given = new URLSearchParams(text);
  const [sort, find] = [given.get('sort'), given.get('find')];
  return { ...(sort ? { sort: sort.slice(0, LONGEST) } : {}), ...(find ? { find: find.slice(0, LONGEST) } : {}) };
};

/** Reads an address from the page's hash; whatever is not one of ours is `unknown`. */
export const parseRoute = (hash: string): Route => {
  const [path = '', asked = ''] = hash.split(/\?(.*)/s);
  const [channel, view = 'now', id, of, ...rest] = path
    .replace(/^#?\/?/, '')
    .split('/')
    .filter(Boolean);
  const query = queryIn(asked);
  if (channel === undefined) return { channel: undefined, view: 'now', id: undefined, query };
  const known = SAFE.test(channel) && isView(view) && acceptsId(view, id) && acceptsOf(view, of) && rest.length === 0;
  if (!known) return { channel: SAFE.test(channel) ? channel : undefined, view: 'unknown', id, query };
  return { channel, view, id, ...(of === undefined ? {} : { of }), query };
};

/** The address of a page. */
export const routeTo = (channel: string, view: View, ...ids: (string | undefined)[]): string =>
  ['#', channel, view, ...ids.filter((id) => id !== undefined)].join('/');

/** The address of what an address shows, with other wishes. */
export const withQuery = (hash: string, query: Query): string => {
  const [path] = hash.split('?');
  const asked = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString();
  return `${path || '#/'}${asked === '' ? '' : `?${asked}`}`;
};
