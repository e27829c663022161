import * as doctor from '../admin/doctor.ts';
import { lookAtHome, lookAtPresses, lookAtTalk } from '../admin/doctor-talk.ts';
import type { DoctorWords } from '../admin/doctor-words.ts';
import { systemClock } from '../setup/clock.ts';
import { commandOf } from '../setup/config.ts';
import { type Addresses, addressesOf, type Environment } from '../setup/environment.ts';
import { foldersOf, openFilling } from '../setup/open.ts';
import { hostOf, PAGE_KEY, pageKeyOf } from '../setup/page-access.ts';
import { type Reader, slackReader } from '../slack/reader.ts';
import type { TransportOptions } from '../slack/transport.ts';
import { requireWhole } from '../store/filling.ts';
import { type AddCommand, type CommonOptions, chosen, Failure, optionsOf, printable, type Shell } from './shell.ts';
import { slackFrom } from './slack-settings.ts';
import { type System, withSystem } from './system.ts';
import { en } from './text/en.ts';

type Found = Omit<doctor.Finding, 'what'>;

interface DoctorOptions {
  channel?: string;
}

export const doctorCommand: AddCommand = (program, shell, text) => {
  const help = text.help.doctor;
  program
    .command('doctor')
    .description(help.does)
    .option('--channel <id>', text.help.onlyChallenge)
    .addHelpText('after', help.after)
    .action(async (_options, command) => {
      const options = optionsOf<DoctorOptions>(command);
      const words = options.json ? en.doctor : text.doctor; // Programs read English.
      const findings = await withSystem(shell, options, (system) => examine(shell, options, system, words), 'notWhole');
      if (options.json) shell.out(`${JSON.stringify({ ok: findings.every(({ ok }) => ok !== false), findings })}\n`);
      else
        for (const { what, ok, says } of findings) {
          const is = ok ? words.is.fine : ok === undefined ? words.is.unseen : words.is.wrong;
          shell.out(`${is}  ${printable(what)}: ${printable(says)}\n`);
        }
      if (findings.some(({ ok }) => ok === false)) throw new Failure('');
    });
};

const examine = async (
  shell: Shell,
  { channel }: DoctorOptions & CommonOptions,
  system: System,
  words: DoctorWords,
): Promise<doctor.Finding[]> => {
  const { settings, log, state, queue } = system;
  const addresses = addressesOf(shell.environment);
  const folder = [addresses.queue, addresses.log].find((address) => address.startsWith('file:'));
  const isAws = isOnAws(addresses);
  const look = doctor.lookIn(words);
  const { what } = words;
  const { alarm } = settings;
  const folders = foldersOf(addresses);
  const unread: doctor.Finding[] = [];
  const slack = await slackFrom(shell).catch((error: unknown) => {
    unread.push({ what: what.secret, ok: false, says: words.trouble(error) });
    return system.slack;
  });
  const findings = [
    ...unread,
    await look(what.log(addresses.log), async () => {
      await requireWhole(await openFilling(addresses.log, shell.environment), addresses.log);
      return doctor.lookAtBucket(log, { swaps: false }, words);
    }),
    await look(what.state(addresses.state), () => doctor.lookAtBucket(state, { swaps: true }, words)),
    await look(what.queue, async () => withHint(addresses, await doctor.lookAtQueue(queue, words), words)),
    ...(await Promise.all(folders.map((each) => look(what.links(each), () => doctor.lookAtLinks(each, words))))),
    ...(folder ? [await look(what.disk, () => doctor.lookAtDisk(folder.slice('file:'.length), words))] : []),
    await look(what.clock, async () =>
      isAws ? unseen(words.clock.onAws) : doctor.lookAtClock(systemClock, slack.apiUrl, words),
    ),
    ...(alarm
      ? [await look(what.alarm, async () => (isAws ? unseen(words.alarm.onAws) : doctor.lookAtAlarm(alarm, words)))]
      : []),
    await look(what.deliveries, async () =>
      isAws && !hears(slack) ? unseen(words.deliveries.onAws) : deliveries(slack, words),
    ),
    await look(what.page, async () => lookAtPage(system, shell.environment, isAws, words)),
  ];
  const { botToken, appToken } = slack;
  if (appToken) findings.push(await look(what.socket, () => doctor.lookAtSocket(appToken, slack.apiUrl, words)));
  if (!botToken)
    findings.push({
      what: what.token,
      ...(isAws ? unseen(words.token.onAws) : { ok: false, says: words.token.none }),
    });
  const reader = botToken ? slackReader({ token: botToken, apiUrl: slack.apiUrl }) : undefined;
  if (reader) findings.push(await look(what.token, () => doctor.lookAtToken(reader, words)));
  if (reader && botToken)
    findings.push(...(await examineTalk(reader, { token: botToken, apiUrl: slack.apiUrl }, system, words)));
  for (const challenge of chosen(settings, channel)) {
    const of = `${challenge.name} (${challenge.channel})`;
    if (reader) {
      findings.push(await look(what.channel(of), () => doctor.lookAtChannel(reader, challenge, words)));
      findings.push(await look(what.events(of), () => doctor.lookAtEvents(reader, challenge, log, systemClock, words)));
    }
    findings.push(await look(what.schedule(of), () => doctor.lookAtSchedule(challenge, state, systemClock, words)));
  }
  return findings;
};

/** Whether people can press and type. The Home tab is tried only in an app that was installed for it. */
const examineTalk = async (
  reader: Reader,
  slack: TransportOptions,
  { settings, state }: System,
  words: DoctorWords,
): Promise<doctor.Finding[]> => {
  const look = doctor.lookIn(words);
  const talk = await look(words.what.talk, () => lookAtTalk(reader, words));
  if (!talk.ok) return [talk];
  return [
    talk,
    await look(words.what.home, () => lookAtHome(slack, settings.challenges, words)),
    await look(words.what.presses, () => lookAtPresses(state, commandOf(settings), words)),
  ];
};

const hears = ({ signingSecrets, appToken }: System['slack']): boolean =>
  signingSecrets.length > 0 || appToken !== undefined;

/** Whether the work is done by the functions of a stack: they take from the queue, and have what this machine has not. */
const isOnAws = ({ queue }: Addresses): boolean => /^https?:/.test(queue);

/** What cannot be seen from an operator's machine; the words say where it is instead. None of it is wrong for that. */
const unseen = (says: string) => ({ ok: undefined, says });

/** A log on S3 beside the queue that stands where none is named: somebody may have forgotten to name it. */
const withHint = ({ log, queue }: Addresses, found: Found, words: DoctorWords): Found =>
  found.ok === false && log.startsWith('s3:') && queue.startsWith('file:')
    ? { ...found, says: words.queue.ofStack(found.says) }
    : found;

/** Who may look at the page, and whether anybody can. */
const lookAtPage = (
  { settings, slack }: System,
  environment: Environment,
  isAws: boolean,
  { page }: DoctorWords,
): Found => {
  const { pageAccess = 'open' } = settings;
  if (pageAccess === 'off') return { ok: true, says: page.off };
  const isByLink = pageAccess === 'link';
  if (isByLink && !pageKeyOf(environment))
    return isAws ? unseen(page.linkOnAws(PAGE_KEY)) : { ok: false, says: page.noLink };
  return { ok: true, says: isAws ? page.onAws(isByLink) : page.shown(isByLink, hostOf(environment, slack)) };
};

const deliveries = (slack: System['slack'], { deliveries: words }: DoctorWords): Found => {
  if (slack.signingSecrets.length > 0) return { ok: true, says: words.http };
  if (slack.appToken) return { ok: true, says: words.socket };
  return { ok: false, says: words.none };
};
