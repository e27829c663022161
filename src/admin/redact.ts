import { addressOf, isPost } from '../events/addresses.ts';
import type { Event } from '../events/catalog.ts';
import { hostAccepted, hostOf } from '../events/links.ts';
import type { Ts } from '../events/timestamp.ts';
import { aboutOf, type EffectKind } from '../handlers/effect.ts';
import { isEffectId, parseId } from '../handlers/kinds.ts';

/** The person to forget: the old id, the pseudonym, and everything that points at them. */
export interface Forgotten {
  user: string;
  pseudonym: string;
  names: ReadonlySet<string>;
  /** The messages they wrote. */
  messages: ReadonlySet<Ts>;
  /** In which of these an address came first: what was posted twice must still be so. */
  posted: ReadonlyMap<string, Ts>;
  blogs: readonly string[];
}

/** What a forgotten person is called. */
export const NOBODY = '(forgotten)';

const EXACTLY = (user: string): RegExp => new RegExp(`(?<![A-Z0-9])${user}(?![A-Z0-9])`, 'g');

/** Says whether a text names an id. */
export const mentions = (text: string, user: string): boolean => EXACTLY(user).test(text);

/**
 * The event without the person: their words, links and name are gone, and their id is a pseudonym that nothing leads back from. What
 * counts stays: that there was a reply with an accepted link, and who liked what. So nobody's totals change.
 */
export const redact = (event: Event, person: Forgotten): Event => {
  const { user, pseudonym } = person;
  const without = withoutWords(event, person);
  return JSON.parse(JSON.stringify(without).replace(EXACTLY(user), pseudonym)) as Event;
};

const withoutWords = (event: Event, { user, names, messages, posted, blogs }: Forgotten): Event => {
  switch (event.kind) {
    case 'profile.seen': {
      const { tz: _, ...rest } = event;
      return event.user === user ? { ...rest, name: NOBODY } : event;
    }
    case 'message.posted':
    case 'message.edited': {
      const { previews: _, ...rest } = event;
      if (event.author?.user === user || messages.has(event.ts))
        return {
          ...rest,
          text: '',
          links: event.links.flatMap((url) => standIn(url, posted.get(addressIn(url) ?? '') ?? event.ts, blogs)),
        };
      const about = event.metadata?.effect && aboutOf(event.metadata.effect);
      const tells = event.author?.bot && [...names].some((name) => event.text.includes(name));
      // A catch-up tells of many people's posts, of some without a name.
      const tellsOfMany = isOfKind(event.metadata?.effect, 'catch-up');
      return tells || tellsOfMany || (about && messages.has(about)) ? { ...rest, text: '', links: [] } : event;
    }
    case 'post.ruled': {
      // It may speak of them.
      const { note: _, ...rest } = event;
      return messages.has(event.ts) ? rest : event;
    }
    case 'effect.attempted':
    case 'effect.skipped': {
      // What an announcement showed is the title of their post.
      const { says } = event;
      if (!says?.shows || !says.about || !messages.has(says.about)) return event;
      return { ...event, says: { ...says, shows: says.shows.replace(/:.*$/s, ':') } };
    }
    default:
      return event;
  }
};

/** The address of a link in one spelling; undefined when it is no http(s) URL. */
export const addressIn = (url: string): string | undefined => (hostOf(url) ? addressOf(url) : undefined);

const isOfKind = (id: string | undefined, kind: EffectKind): boolean =>
  id !== undefined && isEffectId(id) && parseId(id).kind === kind;

/** A link on a host that is accepted as theirs was, at an address that says nothing of them; others go. */
const standIn = (url: string, ts: Ts, blogs: readonly string[]): string[] => {
  const host = hostOf(url);
  const pattern = host && isPost(url) && blogs.find((accepted) => hostAccepted(host, [accepted]));
  return pattern ? [`https://${pattern.replace(/^\*/, 'forgotten')}/forgotten/${ts}`] : [];
};
