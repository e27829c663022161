import type { Interaction } from '../events/interaction.ts';
import type { Bucket } from '../store/bucket.ts';
import { putOther } from '../store/other.ts';

/** What Slack calls each kind of interaction. */
const TYPES: Record<Interaction['kind'], string> = {
  press: 'block_actions',
  shortcut: 'message_action',
  command: 'slash_command',
  home: 'app_home_opened',
};

/** Keeps a trace of an interaction that nobody has an answer to: what and when, and nothing by which the person could be found. */
export const traceInteraction = async (log: Bucket, interaction: Interaction): Promise<void> => {
  const { kind, at } = interaction;
  if (kind === 'home') return;
  const name = nameOf(interaction);
  const type = [TYPES[kind], name && /^[\w.-]{1,40}$/.test(name) ? name : undefined].filter(Boolean).join('.');
  await putOther(log, { type, at }, { type, at });
};

/** What is ours of it: the name of a button or of a shortcut. */
const nameOf = (interaction: Interaction): string | undefined => {
  if (interaction.kind === 'press') return interaction.actions[0]?.id;
  return interaction.kind === 'shortcut' ? interaction.callback : undefined;
};
