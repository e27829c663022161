import { monthOf } from '../../events/week.ts';
import type { EffectOf } from '../../handlers/effect.ts';
import type { Reason } from '../../handlers/why-not.ts';
import { monthLabel, weekLabel } from '../../projections/label.ts';
import { withHelp } from './mention.ts';
import { asCode, safeLink, safeText } from './safe.ts';
import type { Context, Said } from './wording.ts';

const MAX_HOSTS = 3;

/** By the reason, why something does not count. */
const hintSayings: {
  [W in Reason['why']]: (reason: Extract<Reason, { why: W }>, effect: EffectOf<'hint'>, context: Context) => string;
} = {
  'no-link': (_, __, { words, challenge }) => words.hints.noLink(challenge.blogs.map(asCode)),
  'other-host': ({ hosts }, _, { words, challenge }) =>
    words.hints.otherHost(
      hosts.slice(0, MAX_HOSTS).map((host) => safeText(host)),
      challenge.blogs.map(asCode),
    ),
  'no-post': (_, __, { words }) => words.hints.noPost,
  repeated: (_, __, { words }) => words.hints.repeated,
  rejected: (_, __, { words }) => words.hints.rejected,
  late: (_, effect, context) =>
    context.words.hints.late(weekLabel(effect.post.week, context.challenge.locale), here(effect, context)),
  closed: (_, effect, context) =>
    context.words.hints.closed(monthLabel(monthOf(effect.post.week), context.challenge.locale), here(effect, context)),
  beside: (_, effect, context) => besides(context.words.hints.beside(here(effect, context) ?? ''), context),
  mention: ({ unlinked }, effect, context) => {
    const { words, command, challenge } = context;
    const where = here(effect, context);
    if (command) return withHelp(where && words.hints.writeHere(where), challenge, command);
    return unlinked ? words.hints.noLink(challenge.blogs.map(asCode)) : words.hints.mention(where);
  },
};

/** What can be typed, too, where people can talk to the app. */
const besides = (sentence: string, { challenge, command }: Context): string =>
  command ? withHelp(sentence, challenge, command) : sentence;

/** The weekly post under which to write, linked where its address is known. */
const here = ({ here, week }: EffectOf<'hint'>, { challenge, address }: Context): string | undefined =>
  here && safeLink(address, `[${weekLabel(week, challenge.locale)}]`);

/** Why a reply does not count, or how to write one that does. */
export const hint = <W extends Reason['why']>(
  effect: EffectOf<'hint'> & { reason: { why: W } },
  context: Context,
): Said => [hintSayings[effect.reason.why](effect.reason as Extract<Reason, { why: W }>, effect, context)];
