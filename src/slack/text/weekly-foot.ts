import type { EffectOf } from '../../handlers/effect.ts';
import type { Button } from '../slack.ts';
import { personalWordsOf, resting, writing } from './personal.ts';
import type { Context, Foot } from './wording.ts';

/**
 * What people can press under a weekly post, in an app that they can talk to; elsewhere nothing. In a week of rest nobody needs to say that
 * they rest.
 */
export const weeklyFoot = ({ opens, rest }: EffectOf<'week.open'>, context: Context): Foot | undefined => {
  if (!context.command) return undefined;
  const { buttons } = personalWordsOf(context);
  const me: Button = { text: buttons.me, id: 'me.show', value: `${context.challenge.channel}/${opens}` };
  return {
    buttons: [writing(buttons.plan, opens, context), ...(rest ? [] : [resting(buttons.rest, opens, context)]), me],
  };
};
