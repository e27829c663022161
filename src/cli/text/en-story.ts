import type { Place, StoryText } from './story-text.ts';

const at = (place: Place, inThread: string, inChannel: string): string => {
  if (place.in === 'channel') return inChannel;
  return place.in === 'week' ? `${inThread} to ${place.label}` : `${inThread} in a thread`;
};

const PLANS = { write: 'plans to write in', rest: 'takes a rest in', none: 'has no more plans for' } as const;
const VERDICTS = { accept: 'accepted', reject: 'rejected', none: 'took back what was ruled of' } as const;

const inBrackets = (text: string | undefined): string => (text ? ` (${text})` : '');

/** How `til replay` tells what happened, in English. */
export const enStory: StoryText = {
  person: (name) => name,
  bot: 'the bot',
  app: 'an app',
  somebody: 'somebody',
  unknownKind: (kind) => `(unknown kind ${kind})`,
  weeklyPost: (label) => `the weekly post ${label}`,
  message: (who, place, link) => `${who}'s ${at(place, 'reply', 'message')}${inBrackets(link)}`,
  unknownMessage: 'a message of which nothing else is known',
  unknownLink: 'a link that is not known',
  said: (words, isNew) => `the bot ${isNew ? 'wrote' : 'changed its words to'}: ${words}`,
  weekly: (who, post, isNew) => `${who} ${isNew ? 'posted' : 'edited'} ${post}`,
  posted: (who, place, links) => `${who} ${at(place, 'replied', 'posted')}${links && `: ${links}`}`,
  edited: (who, place, links) => `${who} edited ${at(place, 'a reply', 'a message')}${links && `: ${links}`}`,
  deleted: (message) => `${message} was deleted`,
  reacted: (who, name, message) => `${who} reacted :${name}: to ${message}`,
  tookBack: (who, name, message) => `${who} took :${name}: back from ${message}`,
  joined: (who) => `${who} joined`,
  left: (who) => `${who} left`,
  named: (name) => `the name of ${name} became known`,
  closed: (month, challengers, special) =>
    `month ${month} was closed: ${challengers} challengers${special && ` (special: ${special})`}`,
  sending: (what, attempt) => `the bot set out to send ${what}${attempt > 1 ? `, attempt ${attempt}` : ''}`,
  sent: (what) => `the bot sent ${what}`,
  refused: (what, isFinal, reason) => `Slack refused ${what}${isFinal ? '' : ' for now'}: ${reason}`,
  unsent: (what, reason) => `the bot did not send ${what}: ${reason}`,
  admin: 'an admin',
  rested: (who, week, isRest, reason) => {
    if (isRest === undefined) return `${who} left it to the rules whether ${week} is a week of rest`;
    return `${who} made ${week} ${isRest ? 'a week of rest' : 'a week like any other'}${inBrackets(reason)}`;
  },
  extended: (who, week, until) =>
    until === undefined ? `${who} took the extension of ${week} back` : `${who} extended ${week} until ${until}`,
  excused: (who, user, week, isExcused) => `${who} ${isExcused ? 'excused' : 'no longer excused'} ${user} for ${week}`,
  planned: {
    write: (who, week) => `${who} ${PLANS.write} ${week}`,
    rest: (who, week) => `${who} ${PLANS.rest} ${week}`,
    none: (who, week) => `${who} ${PLANS.none} ${week}`,
  },
  ruled: (who, verdict, message, week, note) =>
    `${who} ${VERDICTS[verdict]} ${message}${week ? ` for ${week}` : ''}${inBrackets(note)}`,
  set: (who, key, value) => `${who} set ${key} to ${value}`,
  effects: {
    unknown: 'something of a kind that this version does not know',
    weekOpen: (label, isChange) => `${isChange ? 'new words for ' : ''}the weekly post ${label}`,
    participation: (message, does) => {
      if (does === 'announce') return `the announcement of ${message}`;
      return does === 'withdraw'
        ? `the withdrawal of the announcement of ${message}`
        : `new words for the announcement of ${message}`;
    },
    like: (who, message) => `a notice to ${who} of likes for ${message}`,
    hint: (who, why, message) => `a hint to ${who}${inBrackets(why)} about ${message}`,
    catchUp: (until, isChange) => `${isChange ? 'the names in ' : ''}a message about what was missed until ${until}`,
    digest: (label, isChange) => `${isChange ? 'new words for ' : ''}the digest of ${label}`,
    monthResult: (month) => `the result of ${month}`,
    remind: (who) => `a reminder to ${who}`,
    note: (who) => `a note to ${who} after a week off`,
    comeback: (who) => `an invitation to ${who} to write again`,
    firststep: (who) => `an invitation to ${who} to write a first post`,
    alarm: (who, code) => `an alarm to ${who ?? 'an admin'}: ${code}`,
  },
  weekHeads: ['week', 'posts', 'participants', 'likes', 'late'],
  memberHeads: ['member', 'weeks', 'posts', 'likes'],
  special: 'special',
  challenger: 'challenger',
  announced: (challengers) => `announced: ${challengers} challengers`,
};
