import { Unavailable } from '../events/errors.ts';
import type { Interaction } from '../events/interaction.ts';
import { laterTs, secondsOf, type Ts } from '../events/timestamp.ts';
import { isForAdmins } from '../handlers/admin-command.ts';
import { type Reply, replyToChoice, replyToQuestion } from '../handlers/reply.ts';
import { challengeAt, choiceOfWish, type Dated, isOffInPersonalMessage, wishesOf } from '../handlers/wishes.ts';
import { type ChoicePorts, recordChoice } from '../pipeline/choices.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { MemberSnapshot, WeekSnapshot } from '../projections/contract.ts';
import { type Again, interactionJob } from '../queue/jobs.ts';
import type { Job, Queue } from '../queue/queue.ts';
import type { Clock } from '../setup/clock.ts';
import { commandOf, type Settings } from '../setup/config.ts';
import type { Report } from '../setup/report.ts';
import { ANSWER_SECONDS, type SendAnswer } from '../slack/response-url.ts';
import { replyText } from '../slack/text/reply.ts';
import type { Bucket } from '../store/bucket.ts';
import type { Documents } from '../store/documents.ts';
import type { Home } from './home.ts';
import { interactAdmin } from './interact-admin.ts';
import { traceInteraction } from './interaction-trace.ts';
import { type MyAnswerPorts, replyAboutMe } from './my-answer.ts';
import type { Interact } from './worker.ts';

export interface InteractPorts extends ChoicePorts, MyAnswerPorts {
  challenges: readonly Challenge[];
  log: Bucket;
  home: Home;
  queue: Pick<Queue, 'put'>;
  clock: Clock;
  report: Report;
  settings: Pick<Settings, 'command'>;
  /** Absent: what people choose is recorded, and nobody is answered. */
  sendAnswer?: SendAnswer | undefined;
}

/** Does what people ask for by buttons and commands: a choice becomes an event, and is confirmed only when it is in the log. */
export const createInteract = (ports: InteractPorts): Interact => {
  const act = async (interaction: Interaction): Promise<Again> => {
    const { user, at } = interaction;
    if (interaction.kind === 'home' && interaction.tab === 'home') return ports.home.open(user, at);
    if (isForAdmins(interaction)) return interactAdmin(interaction, ports);
    const wishes = wishesOf(interaction);
    if (wishes.length === 0) return void (await traceInteraction(ports.log, interaction));
    const { challenge, replies } = await fulfil(wishes, interaction, ports);
    if (interaction.kind === 'press' && interaction.container === 'view') return ports.home.open(user, at);
    const again = await answer(interaction, challenge, replies, ports);
    if (replies.some(({ says }) => says === 'planned' || says === 'set')) await ports.home.refresh([user]);
    return again;
  };
  return async (interaction, job) => {
    try {
      return await act(interaction);
    } catch (error) {
      if (!(error instanceof Unavailable) || !isTooLate(interaction, ports.clock)) throw error;
      return forgetAddress(interaction, job, error, ports);
    }
  };
};

const isTooLate = ({ at }: Interaction, clock: Clock): boolean => clock.now() / 1000 > secondsOf(at) + ANSWER_SECONDS;

/**
 * A job that waits for longer than an answer is taken waits on without the address for it: should it become a dead letter, that is not in it.
 * Throws the error again when there is none.
 */
const forgetAddress = async (
  interaction: Interaction,
  { id }: Job,
  error: Unavailable,
  { queue }: InteractPorts,
): Promise<undefined> => {
  if (!('responseUrl' in interaction) || interaction.responseUrl === undefined) throw error;
  const { responseUrl: _, ...rest } = interaction;
  await queue.put([interactionJob(`${id}/late`, rest)]);
};

/** Does one wish after the other. The challenge is the last one's: where several are named, it only decides the language. */
const fulfil = async (
  wishes: readonly Dated[],
  interaction: Interaction,
  ports: InteractPorts,
): Promise<{ challenge: Challenge | undefined; replies: Reply[] }> => {
  const replies: Reply[] = [];
  let challenge: Challenge | undefined;
  for (const dated of wishes) {
    challenge = await challengeOf(dated, interaction, ports);
    replies.push(...(await replyTo(dated, interaction.user, challenge, ports)));
  }
  return { challenge, replies };
};

const replyTo = async (
  dated: Dated,
  user: string,
  challenge: Challenge | undefined,
  ports: InteractPorts,
): Promise<Reply[]> => {
  const answered = replyToQuestion(dated.wish);
  if (answered) return [answered];
  if (!challenge) return [{ says: 'where', channels: ports.challenges.map(({ channel }) => channel) }];
  if (dated.wish.wants === 'state') return [await replyAboutMe(challenge, user, dated.at, ports)];
  const chosen = choiceOfWish(dated, user, challenge);
  if (!chosen) return [];
  if ('over' in chosen) return [{ says: 'over', week: chosen.over }];
  const reply = replyToChoice(chosen.choice, await recordChoice(challenge, chosen.choice, ports));
  return reply ? [reply] : [];
};

/** The challenge that a button names; else the channel's own; else the only one; else the one in which the person wrote last. */
const challengeOf = async (
  { channel }: Dated,
  interaction: Interaction,
  ports: InteractPorts,
): Promise<Challenge | undefined> => {
  const here = 'channel' in interaction ? interaction.channel : undefined;
  const found = challengeAt(ports.challenges, channel ?? here);
  if (found) return found;
  let last: { challenge: Challenge; ts: Ts } | undefined;
  for (const challenge of ports.challenges) {
    const ts = await lastWritten(challenge, interaction.user, ports.documents);
    if (ts && laterTs(ts, last?.ts) === ts) last = { challenge, ts };
  }
  return last?.challenge;
};

/** When a person's last post that counts was written, by what is published. */
const lastWritten = async ({ channel }: Challenge, user: string, documents: Documents): Promise<Ts | undefined> => {
  const { value: member } = await documents.load<MemberSnapshot>(keys.member(channel, user));
  const week = Object.entries(member?.weeks ?? {})
    .filter(([, { posts }]) => posts > 0)
    .map(([week]) => week)
    .sort()
    .at(-1);
  if (!week) return undefined;
  const { value: snapshot } = await documents.load<WeekSnapshot>(keys.week(channel, week));
  return snapshot?.posts
    .filter(({ author }) => author === user)
    .reduce<Ts | undefined>((ts, post) => laterTs(ts, post.ts), undefined);
};

const answer = async (
  interaction: Interaction,
  challenge: Challenge | undefined,
  replies: readonly Reply[],
  { challenges, sendAnswer, report, settings }: InteractPorts,
): Promise<Again> => {
  const address = 'responseUrl' in interaction ? interaction.responseUrl : undefined;
  const spoken = challenge ?? challenges[0];
  if (!address || !sendAnswer || !spoken || replies.length === 0) return undefined;
  const context = {
    challenge: spoken,
    command: interaction.kind === 'command' ? interaction.command : commandOf(settings),
    isElsewhere: isElsewhere(interaction, challenges),
  };
  const answered = await sendAnswer({
    address,
    since: interaction.at,
    text: replyText(replies, context),
    replaces: isOffInPersonalMessage(interaction),
  });
  if (answered.is === 'later') return { retryAfterSeconds: answered.seconds };
  if (answered.is === 'refused') report('problem', { error: `an answer to a person was refused: ${answered.reason}` });
  return undefined;
};

/** Whether somebody spoke neither in a challenge's channel nor to the bot alone. */
const isElsewhere = (interaction: Interaction, challenges: readonly Challenge[]): boolean =>
  interaction.kind === 'command' &&
  !interaction.channel.startsWith('D') &&
  challenges.every(({ channel }) => channel !== interaction.channel);
