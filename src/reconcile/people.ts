import { calendarOf } from '../events/week.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { People } from '../projections/people.ts';
import { isBot, joinRoster, type Roster, rosterOf } from '../projections/roster.ts';
import { profileFields } from '../slack/slack.ts';
import type { Bucket } from '../store/bucket.ts';
import { readDocument } from '../store/documents.ts';
import { lackingAboutPeople, type SlackReading } from './differences.ts';
import { type Run, readAtNow, stepDone } from './run.ts';
import { isOfOne } from './skipped.ts';
import { remember } from './week-memory.ts';

/**
 * Who is in the channel, and what those are called whose names nobody knows. If so many are not in Slack's list of members that this is not
 * believed, they are doubtful. The list is read whole or not at all.
 */
export const comparePeople = async (run: Run): Promise<void> => {
  const { challenge, ports, progress } = run;
  const { channel } = challenge;
  const { people } = progress;
  people.readAt ??= readAtNow(run);
  const { readAt } = people;
  people.nameless ??= await compareMembers(run, { channel, readAt, skip: run.skip });
  for (let user = people.nameless[0]; user !== undefined; user = people.nameless[0]) {
    const found = await ports.reader.profile(user).catch((error: unknown) => {
      if (!isOfOne(error)) throw error;
      return undefined; // Somebody who is no longer in the workspace.
    });
    people.nameless.shift();
    stepDone(run, found ? [{ v: 1, kind: 'profile.seen', channel, at: readAt, user, ...profileFields(found) }] : []);
  }
};

/** Finds who came and who left; gives those whose names nobody knows. */
const compareMembers = async (run: Run, reading: SlackReading): Promise<string[]> => {
  const { challenge, ports, progress, options } = run;
  const { user: self } = await ports.reader.whoAmI();
  const members = await ports.reader.members(challenge.channel);
  const roster = await knownPeople(challenge, ports, reading);
  const all = lackingAboutPeople(members, roster, self, reading);
  const left = all.flatMap((event) => (event.kind === 'member.left' ? [event.user] : []));
  const doubtful = !options.yes && looksCut(members, roster, left) ? left : [];
  progress.findings.doubtfulMembers = doubtful;
  run.pending.push(...(doubtful.length > 0 ? all.filter(({ kind }) => kind !== 'member.left') : all));
  progress.steps += 1;
  return [...new Set([...members, ...Object.keys(roster)])].filter(
    (user) => !roster[user]?.name && user !== self && user !== 'USLACKBOT' && /^[UW]/.test(user),
  );
};

/** Everybody as the state has them, and the week of now as the log has it: people whom an earlier run has just found are not found again. */
const knownPeople = async (
  challenge: Challenge,
  { state, log }: { state: Bucket; log: Bucket },
  { readAt }: SlackReading,
): Promise<Roster> => {
  const { channel, timeZone } = challenge;
  const roster: Roster = structuredClone((await readDocument<People>(state, keys.people(channel))).value?.roster ?? {});
  const { ledger } = remember(challenge, log);
  joinRoster(roster, rosterOf([await ledger(calendarOf(timeZone).weekOf(readAt))]));
  return roster;
};

/** Whether a list of members is not believed: the bot is a member, so none is empty; and one that lacks more than a quarter is likely cut short. */
const looksCut = (members: readonly string[], roster: Roster, left: readonly string[]): boolean => {
  const wereHere = Object.entries(roster).filter(
    ([user, person]) => person.presence?.live && !isBot(user, person),
  ).length;
  const gone = left.filter((user) => roster[user]?.presence?.live).length;
  return members.length === 0 || gone * 4 > wereHere;
};
