import type { EffectOf, PostView } from '../../handlers/effect.ts';
import type { PersonalKind } from '../../projections/month-rows.ts';
import type { Button } from '../slack.ts';
import { enPersonal } from './en-personal.ts';
import { koPersonal } from './ko-personal.ts';
import type { PersonalWords } from './personal-words.ts';
import { safeLink, safeText } from './safe.ts';
import type { Context, Foot, Said } from './wording.ts';

const WORDS: Record<'ko' | 'en', PersonalWords> = { ko: koPersonal, en: enPersonal };
/** The words of the challenge's language. */
export const personalWordsOf = ({ challenge }: Context): PersonalWords => WORDS[challenge.locale];

/** The words of each kind of personal message. */
export const personalSayings = {
  remind: ({ wording, ends }: EffectOf<'remind'>, context: Context): Said => {
    const { remind } = personalWordsOf(context);
    return [(remind[wording % remind.length] as (typeof remind)[number])(ends)];
  },
  note: ({ run, posts, longest }: EffectOf<'note'>, context: Context): Said => {
    const words = personalWordsOf(context);
    return [run === undefined ? words.notePast(posts, longest) : words.noteRun(run)];
  },
  comeback: ({ why, posts, recent }: EffectOf<'comeback'>, context: Context): Said => [
    personalWordsOf(context).comeback(why, posts),
    { rows: recent.map((post) => `• ${titleOf(post)}`) },
  ],
  firststep: ({ user }: EffectOf<'firststep'>, context: Context): Said => {
    const name = safeText(context.nameOf(user) ?? '', 60);
    const isKorean = context.challenge.locale === 'ko';
    return [
      personalWordsOf(context).firststep(
        (name && (isKorean ? `${name.replace(/님$/, '').trim()} 님이` : name)) || undefined,
      ),
    ];
  },
};

const titleOf = ({ url, title }: PostView): string => safeLink(url, safeText(title ?? url ?? ''));

/** What stands below each kind of personal message: its buttons, and why it came. */
export const personalFoots = {
  remind: ({ why, week }: EffectOf<'remind'>, context: Context): Foot => {
    const { because, buttons } = personalWordsOf(context);
    return {
      buttons: [
        ...toThread(context),
        resting(buttons.rest, week, context),
        { text: buttons.off, id: 'remind.off', value: `${context.challenge.channel}/` },
      ],
      because: because[why],
    };
  },
  note: (_: EffectOf<'note'>, context: Context): Foot => {
    const { because, buttons } = personalWordsOf(context);
    return { buttons: [...toThread(context), silence(buttons.off, context)], because: because.note };
  },
  comeback: ({ week }: EffectOf<'comeback'>, context: Context): Foot => {
    const { because, buttons } = personalWordsOf(context);
    return {
      buttons: [writing(buttons.plan, week, context), silence(buttons.pause, context)],
      because: because.comeback,
    };
  },
  firststep: ({ week }: EffectOf<'firststep'>, context: Context): Foot => {
    const { because, buttons } = personalWordsOf(context);
    return {
      buttons: [writing(buttons.start, week, context), silence(buttons.readOnly, context)],
      because: because.firststep,
    };
  },
} satisfies { [K in PersonalKind]: (effect: EffectOf<K>, context: Context) => Foot };

/** To the weekly post, where its address is known. */
const toThread = (context: Context): Button[] =>
  context.address ? [{ text: personalWordsOf(context).buttons.thread, id: 'thread.open', url: context.address }] : [];

/** Says that somebody will write in a week. */
export const writing = (text: string, week: string, { challenge }: Context): Button => ({
  text,
  id: 'week.plan',
  value: `${challenge.channel}/${week}`,
});

/** Says that somebody takes a week off. */
export const resting = (text: string, week: string, { challenge }: Context): Button => ({
  text,
  id: 'week.rest',
  value: `${challenge.channel}/${week}`,
});

/** Switches note, come-back and first step off. */
const silence = (text: string, { challenge }: Context): Button => ({
  text,
  id: 'notes.off',
  value: `${challenge.channel}/`,
});
