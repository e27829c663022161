import type { Interaction } from '../events/interaction.ts';
import { weekOfEvent } from '../events/key.ts';
import { secondsOf, tsAt } from '../events/timestamp.ts';
import { calendarOf, type Month, type Week } from '../events/week.ts';
import { type AdminWish, adminWishOf, channelLinkedBy, channelNamedBy } from '../handlers/admin-command.ts';
import { type AdminChoice, type AdminReply, choiceOfAdmin, wayBack } from '../handlers/admin-reply.ts';
import { outlookOf, weeksToRead } from '../handlers/choice.ts';
import { weekOpenId } from '../handlers/open-week.ts';
import { endedAttempt } from '../handlers/second-chance.ts';
import { tickJob } from '../outbox/tick.ts';
import { type ChoicePorts, recordChoice } from '../pipeline/choices.ts';
import { keys } from '../pipeline/keys.ts';
import { isStored, loadMonth } from '../pipeline/ledgers.ts';
import { type Challenge, rulesOf } from '../projections/challenge.ts';
import { emptyLedger, type Ledger } from '../projections/ledger.ts';
import { differenceOf } from '../projections/month-difference.ts';
import { viewMonth } from '../projections/month-view.ts';
import { weeklyPostsOf } from '../projections/participation.ts';
import type { Again } from '../queue/jobs.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import { adminText, closeButton } from '../slack/text/admin.ts';
import type { Bucket } from '../store/bucket.ts';
import { lookAtStatus, type StatusPorts } from './admin-status.ts';
import { type AnswerPorts, answerTo, commandNamed } from './answer.ts';
import { traceInteraction } from './interaction-trace.ts';
import { endingOf, endOf, lastWeekOf, monthState, planOf, wantedBy } from './month-closing.ts';
import { wroteLastIn } from './wrote-last.ts';

export interface AdminPorts extends ChoicePorts, Omit<StatusPorts, 'queue' | 'clock'>, Omit<AnswerPorts, 'clock'> {
  challenges: readonly Challenge[];
  log: Bucket;
  queue: Pick<Queue, 'put'> & StatusPorts['queue'];
  clock: Clock;
}

/** Does what an admin asks for and answers only to them; anybody else is told in a sentence that it is for admins, and nothing is written. */
export const interactAdmin = async (interaction: Interaction, ports: AdminPorts): Promise<Again> => {
  const { challenges } = ports;
  const [first] = challenges;
  if (!first) return undefined;
  const own = challenges.filter(({ admins }) => admins.includes(interaction.user));
  const meant = await challengeMeant(interaction, own, ports);
  const spoken = meant ?? own[0] ?? first;
  const refused = refusalOf(meant, interaction, own);
  if (refused) return send(refused, interaction, spoken, ports);
  const wish = adminWishOf(interaction, calendarOf(spoken.timeZone).weekOf(interaction.at));
  if (!wish) return void (await traceInteraction(ports.log, interaction));
  return send(await replyTo(wish, interaction, spoken, ports), interaction, spoken, ports);
};

/**
 * The channel's own challenge, or the one that a button names. A command's may also be that of the message to which it links; else, of those
 * of which the person is an admin, the only one, or the one in which they wrote last.
 */
const challengeMeant = async (
  interaction: Interaction,
  own: readonly Challenge[],
  { challenges, documents }: AdminPorts,
): Promise<Challenge | undefined> => {
  const here = channelNamedBy(interaction) ?? ('channel' in interaction ? interaction.channel : undefined);
  const at = (named: string | undefined) => challenges.find(({ channel }) => channel === named);
  const found = at(here);
  if (found || interaction.kind !== 'command') return found;
  const linked = at(channelLinkedBy(interaction));
  if (linked) return linked;
  return own.length > 1 ? wroteLastIn(interaction.user, own, documents) : own[0];
};

const refusalOf = (
  meant: Challenge | undefined,
  interaction: Interaction,
  own: readonly Challenge[],
): AdminReply | undefined => {
  if (meant ? !own.includes(meant) : own.length === 0) return { says: 'not admin' };
  if (meant) return undefined;
  if (interaction.kind !== 'command') return { says: 'elsewhere' };
  return { says: 'where', channels: own.map(({ channel }) => channel) };
};

const replyTo = async (
  wish: AdminWish,
  interaction: Interaction,
  challenge: Challenge,
  ports: AdminPorts,
): Promise<AdminReply> => {
  if (wish.wants === 'rule' && wish.channel !== undefined && wish.channel !== challenge.channel)
    return { says: 'elsewhere' };
  const choice = choiceOfAdmin(wish, challenge, interaction.at, interaction.user);
  if (choice) return choose(challenge, choice, ports);
  switch (wish.wants) {
    case 'open':
      return open(challenge, interaction, ports);
    case 'close':
      return close(challenge, wish.month, wish.sure ? interaction : undefined, ports);
    case 'status':
      return { says: 'status', status: await lookAtStatus(challenge, ports) };
    case 'usage':
      return { says: 'usage', verb: wish.verb };
    case 'mention':
      return { says: 'mention', week: wish.week };
    default:
      return { says: wish.wants === 'shorter' ? 'shorter' : 'help' };
  }
};

/** What it changes is told by what was stored before. */
const choose = async (challenge: Challenge, choice: AdminChoice, ports: AdminPorts): Promise<AdminReply> => {
  const { channel, timeZone } = challenge;
  const all = await Promise.all(
    weeksToRead(choice, challenge).map((week) => ports.documents.reload<Ledger>(keys.ledger(channel, week))),
  );
  const judgement = await recordChoice(challenge, choice, ports);
  if (judgement.is === 'refused') return { says: 'refused', refusal: judgement.refusal };
  if (judgement.is === 'said') return { says: 'said' };
  const ledgers = all.filter(isStored).map(({ value }) => value);
  const week = weekOfEvent(choice, calendarOf(timeZone));
  const back = wayBack(
    choice,
    ledgers.find((ledger) => ledger.week === week),
    timeZone,
  );
  const changes = outlookOf(challenge, choice, ledgers).map(({ month, before, after }) => ({
    month,
    ...differenceOf(before, after),
  }));
  return { says: 'chosen', choice, changes, back };
};

const dateOf = ({ at }: Interaction): Date => new Date(secondsOf(at) * 1000);

/** Asks for this week's post, also once more after a refusal or a deletion. */
const open = async (challenge: Challenge, interaction: Interaction, ports: AdminPorts): Promise<AdminReply> => {
  const { channel, timeZone } = challenge;
  const week = calendarOf(timeZone).weekOf(interaction.at);
  const ledger = await ledgerOf(challenge, week, ports);
  if (weeklyPostsOf([ledger], rulesOf(challenge)).has(week)) return { says: 'open already' };
  const asked = { by: 'person', after: endedAttempt(ledger.effects[weekOpenId(week)]) } as const;
  await ports.queue.put([tickJob(channel, 'week.open', dateOf(interaction), undefined, { asked })]);
  return { says: 'opening' };
};

/** Closes a month once its button was pressed; before that it only shows what would be done. `pressed` absent: it was not. */
const close = async (
  challenge: Challenge,
  month: Month,
  pressed: Interaction | undefined,
  ports: AdminPorts,
): Promise<AdminReply> => {
  for (const { key } of await loadMonth(ports.documents, challenge, month)) await ports.documents.reload(key);
  const ledgers = (await loadMonth(ports.documents, challenge, month)).filter(isStored).map(({ value }) => value);
  const { weeks, closed } = viewMonth(challenge, month, ledgers).snapshot;
  if (weeks.length === 0 && !closed) return { says: 'nothing to close', month };
  const end = endOf(challenge, month);
  if (!closed && ports.clock.now() / 1000 < end) return { says: 'not over', month, until: tsAt(end * 1000) };
  const before = monthState(await ledgerOf(challenge, lastWeekOf(month), ports), month);
  const plan = await planOf(challenge, month, before, false, ports);
  if (endingOf(plan, before, before) && plan.does !== 'announce') return { says: 'closed already', month };
  const isSilent = plan.does === 'keep silent';
  if (!pressed) return { says: 'sure?', month, isSilent };
  const wanted = wantedBy(plan, before, false);
  await ports.queue.put([tickJob(challenge.channel, 'month.result', dateOf(pressed), month, wanted)]);
  return { says: 'closing', month, isSilent };
};

const ledgerOf = async ({ channel }: Challenge, week: Week, { documents }: AdminPorts): Promise<Ledger> =>
  (await documents.reload<Ledger>(keys.ledger(channel, week))).value ?? emptyLedger(channel, week);

const send = async (
  reply: AdminReply,
  interaction: Interaction,
  challenge: Challenge,
  ports: AdminPorts,
): Promise<Again> => {
  const context = {
    command: commandNamed(interaction, ports.settings),
    menu: ports.challenges[0]?.locale ?? challenge.locale, // As `til manifest` has it.
    isElsewhere: isElsewhere(interaction, challenge, ports),
  };
  const blocks = reply.says === 'sure?' ? { blocks: closeButton(reply, challenge, context) } : {};
  const text = adminText(reply, challenge, context);
  return answerTo(interaction, challenge, { text, replaces: interaction.kind === 'press', ...blocks }, ports);
};

/** Whether an admin must be told which challenge their command was taken for: to the bot alone only where there are several. */
const isElsewhere = (interaction: Interaction, { channel }: Challenge, { challenges }: AdminPorts): boolean => {
  if (interaction.kind !== 'command' || interaction.channel === channel) return false;
  const own = challenges.filter(({ admins }) => admins.includes(interaction.user));
  return !interaction.channel.startsWith('D') || own.length > 1;
};
