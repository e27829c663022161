import type { EffectKind, EffectOf } from '../../handlers/effect.ts';
import type { OutgoingMessage } from '../slack.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';
import { cutText } from './safe.ts';
import { type RenderContext, type Wording, wordings } from './wording.ts';
import type { Words } from './words.ts';

const WORDS: Record<'ko' | 'en', Words> = { ko, en };

/** An effect in words, for one attempt of it. The metadata is how we find our own message again. */
export const render = <K extends EffectKind>(
  effect: EffectOf<K>,
  attempt: number,
  context: RenderContext,
): OutgoingMessage => {
  const { say, mark }: Wording<K> = wordings[effect.kind];
  const text = cutText(say(effect, { ...context, words: WORDS[context.challenge.locale] }));
  return {
    text,
    blocks: [
      {
        type: 'section',
        text: { type: 'mrkdwn', text: text.length > 3000 ? `${text.slice(0, text.lastIndexOf('\n', 2990))}\n…` : text },
      },
    ],
    metadata: { event_type: mark, event_payload: { effect: effect.id, attempt, week: effect.week } },
  };
};
