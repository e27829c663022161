import type { EffectKind, EffectOf } from '../../handlers/effect.ts';
import type { Block, OutgoingMessage } from '../slack.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';
import { cutText } from './safe.ts';
import { sectionsOf } from './sections.ts';
import { type Foot, type RenderContext, type Wording, wordings } from './wording.ts';
import type { Words } from './words.ts';

const WORDS: Record<'ko' | 'en', Words> = { ko, en };

/** An effect in words, for one attempt of it. The metadata is how we find our own message again. */
export const render = <K extends EffectKind>(
  effect: EffectOf<K>,
  attempt: number,
  context: RenderContext,
): OutgoingMessage => {
  const { say, mark, foot }: Wording<K> = wordings[effect.kind];
  const { locale, dashboardUrl } = context.challenge;
  const words = WORDS[locale];
  const inWords = { ...context, words };
  const sections = sectionsOf(say(effect, inWords), (count) => words.more(count, dashboardUrl));
  return {
    // What notifications show: it may end early, since the blocks say all.
    text: cutText(sections.join('\n')),
    blocks: [...sections.map(sectionOf), ...blocksOf(foot?.(effect, inWords))],
    metadata: { event_type: mark, event_payload: { effect: effect.id, attempt, week: effect.week } },
  };
};

/** A text as blocks, whole. */
export const plainBlocks = (text: string): Block[] => sectionsOf([text], () => '').map(sectionOf);

const sectionOf = (text: string): Block => ({ type: 'section', text: { type: 'mrkdwn', text } });

/** Buttons, and below them why the message came. */
const blocksOf = (foot: Foot | undefined): Block[] => {
  if (!foot) return [];
  const { buttons, because } = foot;
  const elements = buttons.map(({ id, text, ...what }) => ({
    type: 'button' as const,
    action_id: id,
    text: { type: 'plain_text' as const, text, emoji: true as const },
    ...what,
  }));
  return [
    { type: 'actions', elements },
    ...(because ? [{ type: 'context' as const, elements: [{ type: 'mrkdwn' as const, text: because }] }] : []),
  ];
};
