import type { Event } from '../events/catalog.ts';
import { calendarOf } from '../events/week.ts';
import { keys } from '../pipeline/keys.ts';
import type { Challenge } from '../projections/challenge.ts';
import { isBot, joinRoster, type Roster, rosterOf } from '../projections/roster.ts';
import type { People } from '../projections/season.ts';
import type { Reader } from '../slack/reader.ts';
import { profileFields } from '../slack/slack.ts';
import type { Bucket } from '../store/bucket.ts';
import { readDocument } from '../store/documents.ts';
import { lackingAboutPeople, type SlackReading } from './differences.ts';
import { remember } from './week-memory.ts';

/** What Slack says of the people of a channel. `doubtful`: so many are not in its list of members that this is not believed. */
export interface PeopleCompared {
  events: Event[];
  doubtful: string[];
}

/** Who is in the channel, and what those are called whose names nobody knows. */
export const comparePeople = async (
  challenge: Challenge,
  { state, log, reader }: { state: Bucket; log: Bucket; reader: Reader },
  reading: SlackReading,
  { yes }: { yes?: boolean },
): Promise<PeopleCompared> => {
  const { channel } = challenge;
  const { user: self } = await reader.whoAmI();
  const members = await reader.members(channel);
  const roster = await knownPeople(challenge, { state, log }, reading);
  const all = lackingAboutPeople(members, roster, self, reading);
  const left = all.flatMap((event) => (event.kind === 'member.left' ? [event.user] : []));
  const doubtful = !yes && looksCut(members, roster, left) ? left : [];
  const events = doubtful.length > 0 ? all.filter(({ kind }) => kind !== 'member.left') : all;
  for (const user of new Set([...members, ...Object.keys(roster)])) {
    if (roster[user]?.name || user === self || user === 'USLACKBOT' || !/^[UW]/.test(user)) continue;
    const found = await reader.profile(user).catch(() => undefined); // Somebody who is no longer in the workspace.
    if (!found) continue;
    events.push({ v: 1, kind: 'profile.seen', channel, at: reading.readAt, user, ...profileFields(found) });
  }
  return { events, doubtful };
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
