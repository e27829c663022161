import { randomBytes } from 'node:crypto';
import { Refused } from '../events/errors.ts';
import type { Settings } from './config.ts';
import type { Environment, SlackSettings } from './environment.ts';

/** Who may look at the page: whoever reaches the server, whoever has its link, nobody. */
export const PAGE_ACCESS = ['open', 'link', 'off'] as const;

/** The variable that holds the secret part of the page's link. */
export const PAGE_KEY = 'TIL_PAGE_KEY';

/** A key of 144 bits, in letters that need no escaping in an address. */
export const newPageKey = (): string => randomBytes(18).toString('base64url');

/** The key that the environment names; undefined when there is none. Throws `Refused` for one that could be guessed or misread. */
export const pageKeyOf = (environment: Environment): string | undefined => {
  const key = environment[PAGE_KEY]?.trim();
  if (!key) return undefined;
  if (/^[\w-]{20,128}$/.test(key)) return key;
  throw new Refused(
    `${PAGE_KEY}: expected 20 to 128 letters, digits, - and _, got something else; "til page-link --renew" makes one`,
  );
};

/** Who may come in: see `Door` in src/web/door.ts. Where a link is asked for and there is no key, nobody may. */
export const doorOf = (
  { pageAccess = 'open' }: Pick<Settings, 'pageAccess'>,
  environment: Environment,
): 'open' | 'off' | { key: string } => {
  if (pageAccess !== 'link') return pageAccess;
  const key = pageKeyOf(environment);
  return key === undefined ? 'off' : { key };
};

/**
 * The address on which to listen: `HOST`, else this machine alone where Slack is heard over its socket, since then nobody has to reach it.
 * Undefined: every address of this machine.
 */
export const hostOf = (environment: Environment, slack: SlackSettings): string | undefined => {
  const host = environment['HOST']?.trim();
  if (host) return host;
  return slack.appToken && slack.signingSecrets.length === 0 ? '127.0.0.1' : undefined;
};
