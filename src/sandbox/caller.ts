import { type DispatchOptions, type Signed, signedRequest } from './dispatcher.ts';
import { formOf, type Interaction, type Outcome } from './outgoing.ts';

/** Carries presses, shortcuts and commands to the app: each once, all at the same time, and what came of it back. */
export interface Caller {
  push(interactions: Interaction[]): void;
  /** Where the app hears events; its other two addresses lie beside that one. */
  deliverTo(eventsUrl: string): void;
  isIdle(): boolean;
  onSettled(listener: () => void): void;
  close(): Promise<void>;
}

/** A caller who tells what came of each. */
export const createCaller = (options: DispatchOptions, settle: (id: string, outcome: Outcome) => void): Caller => {
  const closing = new AbortController();
  const open = new Set<Promise<void>>();
  const listeners: (() => void)[] = [];
  let eventsUrl: string | undefined;

  const call = async (interaction: Interaction): Promise<void> => {
    const outcome = await outcomeOf(interaction, eventsUrl, options, closing.signal);
    if (!closing.signal.aborted) settle(interaction.id, outcome);
  };
  return {
    push: (interactions) => {
      for (const interaction of interactions) {
        const calling = call(interaction).finally(() => {
          open.delete(calling);
          for (const listener of listeners) listener();
        });
        open.add(calling);
      }
    },
    deliverTo: (url) => void (eventsUrl = url),
    isIdle: () => open.size === 0,
    onSettled: (listener) => void listeners.push(listener),
    close: async () => {
      closing.abort();
      await Promise.all(open);
    },
  };
};

const FORM = 'application/x-www-form-urlencoded';

/** Where the app hears this: `…/slack/events` has `…/slack/interactions` and `…/slack/commands` beside it. */
const addressOf = ({ kind }: Interaction, eventsUrl: string): URL =>
  new URL(kind === 'interactive' ? 'interactions' : 'commands', eventsUrl);

const outcomeOf = async (
  interaction: Interaction,
  eventsUrl: string | undefined,
  options: DispatchOptions,
  closing: AbortSignal,
): Promise<Outcome> => {
  if (eventsUrl === undefined) return { is: 'refused' };
  const signed: Signed = { body: formOf(interaction), contentType: FORM };
  try {
    const response = await fetch(addressOf(interaction, eventsUrl), signedRequest(signed, options, closing));
    const body = await response.text();
    const contentType = response.headers.get('content-type') ?? '';
    return response.ok ? { is: 'taken', contentType, body } : { is: 'refused' };
  } catch (error) {
    return { is: error instanceof Error && error.name === 'TimeoutError' ? 'late' : 'refused' };
  }
};
