/** What somebody new tries, in order; the last is to look at the page. */
export const STEPS = ['reply', 'like', 'app', 'page'] as const;
export type Step = (typeof STEPS)[number];

const KEY = 'sandbox-first-steps';
const CLOSED = 'closed';

/** What of it is done, and whether the reader wants no advice. */
export interface Progress {
  done: ReadonlySet<Step>;
  isClosed: boolean;
}

/** Which step a deed of the page fulfils, if any. `isOwn` says whether the message it is about is the reader's own. */
export const stepOf = (
  deed: string,
  { text, thread, name, tab }: Record<string, unknown>,
  isOwn: boolean,
): Step | undefined => {
  if (deed === 'post') return thread !== undefined && /https?:\/\/\S/.test(String(text)) ? 'reply' : undefined;
  if (deed === 'react') return !isOwn && /^(?:\+1|thumbsup)(?:::|$)/.test(String(name)) ? 'like' : undefined;
  if (deed === 'openHome') return tab === 'home' ? 'app' : undefined;
  return deed === 'press' || deed === 'pressHome' ? 'app' : undefined;
};

/** What the browser remembers; from a browser that keeps nothing, that nothing is done. */
export const recall = (storage: Pick<Storage, 'getItem'>): Progress => {
  const kept = (storage.getItem(KEY) ?? '').split(' ');
  return { done: new Set(STEPS.filter((step) => kept.includes(step))), isClosed: kept.includes(CLOSED) };
};

/** Keeps it. */
export const remember = (storage: Pick<Storage, 'setItem'>, { done, isClosed }: Progress): void =>
  storage.setItem(KEY, [...done, ...(isClosed ? [CLOSED] : [])].join(' '));
