import { readFileSync } from 'node:fs';
import { Refused } from '../events/errors.ts';
import { rebuild } from '../history/rebuild.ts';
import { keys } from '../pipeline/keys.ts';
import { publishChallenges } from '../pipeline/publish.ts';
import type { Challenge } from '../projections/challenge.ts';
import type { IndexSnapshot } from '../projections/contract.ts';
import { afterClose, appendEvents, eventsOf, type Imported, totalsOf } from '../reconcile/import.ts';
import { type Legacy, readLegacy } from '../reconcile/legacy.ts';
import { openDocuments } from '../store/documents.ts';
import { type History, openHistory } from './history.ts';
import {
  type AddCommand,
  type CommonOptions,
  chosenOne,
  createProgress,
  Failure,
  optionsOf,
  printable,
  type Shell,
  table,
} from './shell.ts';
import { loadNow } from './system.ts';

interface ImportOptions {
  channel?: string;
  year: number;
  dryRun?: boolean;
}

export const importCommand: AddCommand = (program, shell) => {
  program
    .command('import')
    .description("takes the original bot's data into the log: weekly posts, replies, likes, names")
    .argument('<user-info>', 'its user_info.json')
    .argument('<til-timestamp>', 'its til_timestamp.json')
    .requiredOption('--year <year>', 'the year of the first month: the files keep none', parseYear)
    .option('--channel <id>', 'the challenge to import into; needed when there are several')
    .option('--dry-run', 'only report what would be done, and each broken row')
    .addHelpText('after', `${RULES}\nExample:\n  til import user_info.json til_timestamp.json --year 2024 --dry-run\n`)
    .action(async (usersFile: string, timestampsFile: string, _options, command) => {
      const options = optionsOf<ImportOptions>(command);
      const history = await openHistory(shell, options);
      const challenge = chosenOne(history.settings, options.channel);
      const files = { users: readJson(usersFile), usersFile, timestamps: readJson(timestampsFile), timestampsFile };
      const legacy = readLegacy(files, options.year, challenge.timeZone);
      const imported = options.dryRun ? undefined : await take(shell, options, history, challenge, legacy);
      const checks = options.dryRun ? [] : await check(history, challenge, legacy);
      if (options.json) shell.out(`${JSON.stringify(forPrograms(challenge, legacy, imported, checks))}\n`);
      else tell(shell, challenge, legacy, imported, checks);
      if (legacy.unread.length + (imported?.failed.length ?? 0) > 0) throw new Failure('');
    });
};

const RULES = `
It says nothing to Slack, and running it again changes nothing. The months before the one that the files say they are in
(this_month) were announced by the original bot, and are not announced again. No link was kept, so a linked reply gets a stand-in that
counts (https://velog.io/imported/…). Broken rows are mended by these rules, and reported one by one:
  has_link is a table of people   linked, and liked by these
  a total that is not its likers  recomputed from the likers
  a member's total that is off    recomputed from the likers of linked replies
  ids that are none, replies in no weekly post's thread   left out
A member or weekly post that cannot be read at all is named and left out; all others are taken in, and the exit code is 1.
`;

const parseYear = (text: string): number => {
  if (/^20\d\d$/.test(text)) return Number(text);
  throw new Refused(`--year: expected a year such as 2024, got ${printable(text)}`);
};

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    const code = (cause as { code?: string }).code;
    throw new Refused(
      `${file}: expected JSON, got ${code === undefined ? (cause as Error).message : `no readable file (${code})`}`,
      { cause },
    );
  }
};

const take = async (
  shell: Shell,
  { json }: CommonOptions,
  history: History,
  challenge: Challenge,
  legacy: Legacy,
): Promise<Imported> => {
  const progress = createProgress(shell, 'import', json);
  const events = eventsOf(challenge, legacy);
  const imported = await appendEvents(history.log, challenge, events, (done, total) => progress.step(done, total));
  progress.end();
  await publishChallenges(openDocuments(history.state), history.settings.challenges);
  await rebuild(challenge, history);
  return imported;
};

interface Check {
  month: string;
  posts: number;
  likes: number;
  /** What the index says now; more when others than the original bot have told of the month too. */
  now: { posts: number; likes: number };
}

const check = async (history: History, { channel }: Challenge, legacy: Legacy): Promise<Check[]> => {
  const index = await loadNow<IndexSnapshot>(history, keys.index(channel));
  return [...totalsOf(legacy).months].map(([month, { posts, likes }]) => {
    const weeks = (index?.weeks ?? []).filter((week) => week.month === month);
    const sum = (field: 'posts' | 'likes'): number => weeks.reduce((total, week) => total + week[field], 0);
    return { month, posts, likes, now: { posts: sum('posts'), likes: sum('likes') } };
  });
};

const forPrograms = (challenge: Challenge, legacy: Legacy, imported: Imported | undefined, months: Check[]) => ({
  channel: challenge.channel,
  weeks: legacy.weeks.length,
  replies: legacy.replies.length,
  members: legacy.members.length,
  repairs: legacy.repairs,
  announced: legacy.announced,
  afterClose: afterClose(challenge, legacy),
  appended: imported?.appended ?? 0,
  known: imported?.known ?? 0,
  conflicts: imported?.conflicts.map(({ kind, at }) => ({ kind, at })) ?? [],
  unread: legacy.unread,
  failed: imported?.failed.map(({ event: { kind, at }, reason }) => ({ kind, at, reason })) ?? [],
  months,
});

const tell = (
  shell: Shell,
  challenge: Challenge,
  legacy: Legacy,
  imported: Imported | undefined,
  months: Check[],
): void => {
  const { weeks, replies, members, announced, repairs, unread } = legacy;
  const linked = replies.filter((reply) => reply.linked).length;
  shell.out(
    `${weeks.length} weekly posts, ${replies.length} replies (${linked} with a link), ${members.length} members.\n`,
  );
  for (const { where, found, done } of repairs)
    shell.out(`mended: ${printable(where)}: ${printable(found)} -> ${printable(done)}\n`);
  for (const { where, found } of unread) shell.error(`left out: ${printable(where)}: ${printable(found)}\n`);
  if (unread.length > 0) shell.error(`${unread.length} members or weekly posts could not be read and were left out.\n`);
  for (const ts of afterClose(challenge, legacy))
    shell.out(`not counted: the reply ${ts} was written after its month's close\n`);
  if (announced.length > 0) shell.out(`announced by the original bot, so not again: ${announced.join(', ')}\n`);
  if (!imported) {
    shell.out('Nothing was written (--dry-run).\n');
    return;
  }
  shell.out(`${imported.appended} events appended, ${imported.known} were there already.\n`);
  for (const { event, reason } of imported.failed)
    shell.error(`left out: ${event.kind} at ${event.at}: ${printable(reason)}\n`);
  for (const { kind, at } of imported.conflicts) shell.out(`kept as Slack told it: ${kind} at ${at}\n`);
  shell.out(
    table([
      ['month', 'posts in the files', 'likes in the files', 'posts now', 'likes now'],
      ...months.map(({ month, posts, likes, now }) => [month, posts, likes, now.posts, now.likes]),
    ]),
  );
};
