import { hostOf } from './links.ts';

/** Hosts that many people share, the table of README's "What counts": their bare front page is nobody's post. */
const SHARED_HOSTS = new Set([
  'velog.io',
  'blog.naver.com',
  'naver.me',
  'tistory.com',
  'brunch.co.kr',
  'medium.com',
  'dev.to',
  'hashnode.com',
  'notion.so',
]);

/** Where blogs are written and managed, and not read. By host; the pattern is that of path and query. */
const WORKSHOPS: readonly [host: RegExp, place: RegExp][] = [
  [/^velog\.io$/, /^\/(write|setting|saves)(\/|\?|$)/i],
  [/^blog\.naver\.com$/, /[?&]redirect=(write|update)(&|$)|^\/(postwriteform|postupdateform)\b|\/postwrite(\/|\?|$)/i],
  [/(^|\.)tistory\.com$/, /^\/(manage|admin)(\/|\?|$)/i],
];

/** Whether an address can be that of a post: no front page that many share, no editor, no settings. */
export const isPost = (url: string): boolean => {
  const host = hostOf(url);
  if (!host) return false;
  const { pathname, search } = new URL(url);
  const home = bareHost(host);
  if (SHARED_HOSTS.has(home) && /^\/*$/.test(pathname)) return false;
  return !WORKSHOPS.some(([hosts, place]) => hosts.test(home) && place.test(pathname + search));
};

const TRACKING = /^(utm_\w*|fbclid|gclid|igshid|mc_[ce]id|trackingCode|proxyReferer|fromRss|photoView)$/i;

/**
 * What an address leads to, in one spelling: without scheme, fragment, `www.`, `m.`, tracking parameters and closing slashes. Two links
 * with the same are the same post.
 */
export const addressOf = (url: string): string => {
  const parsed = new URL(url);
  const host = bareHost(hostOf(url) ?? '');
  const path = decoded(parsed.pathname).replace(/\/+$/, '');
  const query = [...parsed.searchParams].filter(([name]) => !TRACKING.test(name)).sort(byName);
  const post = host === 'blog.naver.com' ? naverPost(path, new Map(query)) : undefined;
  if (post) return `${host}${post}`;
  // The same page, laid out for a phone.
  const short = host.endsWith('.tistory.com') ? path.replace(/^\/m(?=\/)/, '') : path;
  return `${host}${short}${query.map(([name, value]) => `?${name}=${value}`).join('')}`;
};

// Where there is room for it: `m.github.io` is somebody's own.
const bareHost = (host: string): string => host.replace(/^www\./, '').replace(/^m\.(?=.*\..*\.)/, '');

/** One spelling has several encodings, and Hangul has two forms: composed, and decomposed as some systems type it. */
const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path).normalize('NFC');
  } catch {
    return path;
  }
};

const byName = (left: [string, string], right: [string, string]): number => (left[0] < right[0] ? -1 : 1);

/** Naver has three addresses for each post: by path, by query, and by both. */
const naverPost = (path: string, query: ReadonlyMap<string, string>): string | undefined => {
  const post = query.get('logNo');
  const blog = query.get('blogId') ?? /^\/([^/.]+)$/.exec(path)?.[1];
  return blog && post ? `/${blog}/${post}` : undefined;
};
