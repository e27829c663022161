import * as doctor from '../admin/doctor.ts';
import { lookAtHome, lookAtPresses, lookAtTalk } from '../admin/doctor-talk.ts';
import { systemClock } from '../setup/clock.ts';
import { commandOf } from '../setup/config.ts';
import { type Addresses, addressesOf, type Environment } from '../setup/environment.ts';
import { foldersOf } from '../setup/open.ts';
import { hostOf, PAGE_KEY, pageKeyOf } from '../setup/page-access.ts';
import { describeError } from '../setup/report.ts';
import { type Reader, slackReader } from '../slack/reader.ts';
import type { TransportOptions } from '../slack/transport.ts';
import { type AddCommand, type CommonOptions, chosen, Failure, optionsOf, printable, type Shell } from './shell.ts';
import { slackFrom } from './slack-settings.ts';
import { type System, withSystem } from './system.ts';

interface DoctorOptions {
  channel?: string;
}

export const doctorCommand: AddCommand = (program, shell) => {
  program
    .command('doctor')
    .description(
      'looks at token, socket, channel, events, clock, storage, queue, disk and schedule, and says what to do',
    )
    .option('--channel <id>', 'only this challenge')
    .addHelpText(
      'after',
      '\nReads, writes one scratch object, and shows one sentence in the Home tab of the first admin. Exit code 1 when something is not ok.\n\nExample:\n  til doctor\n',
    )
    .action(async (_options, command) => {
      const options = optionsOf<DoctorOptions>(command);
      const findings = await withSystem(shell, options, (system) => examine(shell, options, system), true);
      if (options.json) shell.out(`${JSON.stringify({ ok: findings.every(({ ok }) => ok !== false), findings })}\n`);
      else
        for (const { what, ok, says } of findings)
          shell.out(
            `${ok ? '    ok' : ok === undefined ? '     ?' : 'NOT OK'}  ${printable(what)}: ${printable(says)}\n`,
          );
      if (findings.some(({ ok }) => ok === false)) throw new Failure('');
    });
};

const examine = async (
  shell: Shell,
  { channel }: DoctorOptions & CommonOptions,
  system: System,
): Promise<doctor.Finding[]> => {
  const { settings, log, state, queue } = system;
  const addresses = addressesOf(shell.environment);
  const folder = [addresses.queue, addresses.log].find((address) => address.startsWith('file:'));
  const isAws = isOnAws(addresses);
  const { look } = doctor;
  const { alarm } = settings;
  const folders = foldersOf(addresses);
  const unread: doctor.Finding[] = [];
  const slack = await slackFrom(shell).catch((error: unknown) => {
    unread.push({ what: 'secret', ok: false, says: describeError(error) });
    return system.slack;
  });
  const findings = [
    ...unread,
    await look(`log (${addresses.log})`, () => doctor.lookAtBucket(log, { swaps: false })),
    await look(`state (${addresses.state})`, () => doctor.lookAtBucket(state, { swaps: true })),
    await look('queue', async () => withHint(addresses, await doctor.lookAtQueue(queue))),
    ...(await Promise.all(folders.map((each) => look(`hard links (${each})`, () => doctor.lookAtLinks(each))))),
    ...(folder ? [await look('disk', () => doctor.lookAtDisk(folder.slice('file:'.length)))] : []),
    await look('clock', async () => (isAws ? ON_AWS.clock : doctor.lookAtClock(systemClock, slack.apiUrl))),
    ...(alarm ? [await look('alarm', async () => (isAws ? ON_AWS.alarm : doctor.lookAtAlarm(alarm)))] : []),
    await look('deliveries', async () => (isAws && !hears(slack) ? ON_AWS.deliveries : deliveries(slack))),
    await look('page', async () => lookAtPage(system, shell.environment, isAws)),
  ];
  const { botToken, appToken } = slack;
  if (appToken) findings.push(await look('socket', () => doctor.lookAtSocket(appToken, slack.apiUrl)));
  if (!botToken) findings.push({ what: 'token', ...(isAws ? ON_AWS.token : NO_TOKEN) });
  const reader = botToken ? slackReader({ token: botToken, apiUrl: slack.apiUrl }) : undefined;
  if (reader) findings.push(await look('token', () => doctor.lookAtToken(reader)));
  if (reader && botToken)
    findings.push(...(await examineTalk(reader, { token: botToken, apiUrl: slack.apiUrl }, system)));
  for (const challenge of chosen(settings, channel)) {
    const of = `${challenge.name} (${challenge.channel})`;
    if (reader) {
      findings.push(await look(`${of}: channel`, () => doctor.lookAtChannel(reader, challenge)));
      findings.push(await look(`${of}: events`, () => doctor.lookAtEvents(reader, challenge, log, systemClock)));
    }
    findings.push(await look(`${of}: schedule`, () => doctor.lookAtSchedule(challenge, state, systemClock)));
  }
  return findings;
};

/** Whether people can press and type. The Home tab is tried only in an app that was installed for it. */
const examineTalk = async (
  reader: Reader,
  slack: TransportOptions,
  { settings, state }: System,
): Promise<doctor.Finding[]> => {
  const { look } = doctor;
  const talk = await look('buttons and commands', () => lookAtTalk(reader));
  if (!talk.ok) return [talk];
  return [
    talk,
    await look('Home tab', () => lookAtHome(slack, settings.challenges)),
    await look('presses', () => lookAtPresses(state, commandOf(settings))),
  ];
};

const hears = ({ signingSecrets, appToken }: System['slack']): boolean =>
  signingSecrets.length > 0 || appToken !== undefined;

const NO_TOKEN = {
  ok: false,
  says: 'SLACK_BOT_TOKEN is not set: nothing can be said in Slack. It is under "OAuth & Permissions" of the app, and begins with xoxb-',
};

/** Whether the work is done by the functions of a stack: they take from the queue, and have what this machine has not. */
const isOnAws = ({ queue }: Addresses): boolean => /^https?:/.test(queue);

/** What cannot be seen from an operator's machine, and where it is instead. None of it is wrong for that. */
const ON_AWS = {
  clock: { ok: undefined, says: 'that of the functions is kept right by AWS' },
  alarm: { ok: undefined, says: 'is for a server on one machine; on AWS alarms go to the topic of the stack' },
  deliveries: {
    ok: undefined,
    says: 'come to the functions, which have the signing secret from Secrets Manager; the alarms "Requests fail" and "No events" watch them',
  },
  token: {
    ok: undefined,
    says: 'the functions have it from Secrets Manager. With SLACK_BOT_TOKEN here too, this command looks at token, channel and events',
  },
};

/** A log on S3 beside the queue that stands where none is named: somebody may have forgotten to name it. */
const withHint = ({ log, queue }: Addresses, found: Omit<doctor.Finding, 'what'>): Omit<doctor.Finding, 'what'> =>
  found.ok === false && log.startsWith('s3:') && queue.startsWith('file:')
    ? { ...found, says: `${found.says}. If the log is that of a stack: TIL_QUEUE is its QueueUrl` }
    : found;

/** Who may look at the page, and whether anybody can. */
const lookAtPage = ({ settings, slack }: System, environment: Environment, isAws: boolean) => {
  const { pageAccess = 'open' } = settings;
  if (pageAccess === 'off') return { ok: true, says: 'is off' };
  if (pageAccess === 'link' && !pageKeyOf(environment))
    return isAws
      ? { ok: undefined, says: `opens by a link, which whoever deploys has (${PAGE_KEY})` }
      : { ok: false, says: `opens by a link, and there is none: "til page-link" makes it` };
  const whom = pageAccess === 'link' ? 'who has its link ("til page-link" prints it)' : 'whoever reaches the server';
  if (isAws) return { ok: true, says: `is shown to ${pageAccess === 'link' ? whom : 'whoever knows its address'}` };
  const host = hostOf(environment, slack);
  const from = host === undefined ? 'at every address of this machine' : `at ${host} (HOST)`;
  return { ok: true, says: `is shown to ${whom}, ${from}` };
};

const deliveries = (slack: System['slack']) => {
  if (slack.signingSecrets.length > 0) return { ok: true, says: 'a signing secret is set' };
  if (slack.appToken) return { ok: true, says: 'Socket Mode, by SLACK_APP_TOKEN' };
  return {
    ok: false,
    says: 'SLACK_SIGNING_SECRET is not set, so every event is refused; it is under "Basic Information" of the app. With Socket Mode, SLACK_APP_TOKEN (xapp-…) takes its place',
  };
};
