/** The pages, in the order of the navigation. */
export const views = ['now', 'week', 'month', 'members', 'hall', 'ranking', 'replay'] as const;

/** A page of the dashboard. */
export type View = (typeof views)[number] | 'member';

/** An address: `#/<channel>/<view>/<id>`. */
export interface Route {
  channel: string | undefined;
  view: View | 'unknown';
  id: string | undefined;
}

const SAFE = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,255}$/;
const IDS: Partial<Record<View, RegExp>> = {
  week: /^\d{4}-W\d{2}$/,
  month: /^\d{4}-\d{2}$/,
  member: SAFE,
  ranking: /^\d{4}-W\d{2}$/,
};

const isView = (word: string): word is View => word === 'member' || (views as readonly string[]).includes(word);

const acceptsId = (view: View, id: string | undefined): boolean =>
  id === undefined ? view !== 'member' : (IDS[view]?.test(id) ?? false);

/** Reads an address from the page's hash; whatever is not one of ours is `unknown`. */
export const parseRoute = (hash: string): Route => {
  const [channel, view = 'now', id, ...rest] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .filter(Boolean);
  if (channel === undefined) return { channel: undefined, view: 'now', id: undefined };
  const known = SAFE.test(channel) && isView(view) && acceptsId(view, id) && rest.length === 0;
  return known ? { channel, view, id } : { channel: SAFE.test(channel) ? channel : undefined, view: 'unknown', id };
};

/** The address of a page. */
export const routeTo = (channel: string, view: View, id?: string): string =>
  `#/${channel}/${view}${id === undefined ? '' : `/${id}`}`;
