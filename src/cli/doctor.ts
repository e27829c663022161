import * as doctor from '../admin/doctor.ts';
import { lookAtHome, lookAtPresses, lookAtTalk } from '../admin/doctor-talk.ts';
import { systemClock } from '../setup/clock.ts';
import { commandOf } from '../setup/config.ts';
import { addressesOf } from '../setup/environment.ts';
import { foldersOf } from '../setup/open.ts';
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
      const findings = await withSystem(shell, options, (system) => examine(shell, options, system));
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
    await look('queue', () => doctor.lookAtQueue(queue)),
    ...(await Promise.all(folders.map((each) => look(`hard links (${each})`, () => doctor.lookAtLinks(each))))),
    ...(folder ? [await look('disk', () => doctor.lookAtDisk(folder.slice('file:'.length)))] : []),
    await look('clock', () => doctor.lookAtClock(systemClock, slack.apiUrl)),
    ...(alarm ? [await look('alarm', () => doctor.lookAtAlarm(alarm))] : []),
    await look('deliveries', async () => deliveries(slack)),
  ];
  const { botToken, appToken } = slack;
  if (appToken) findings.push(await look('socket', () => doctor.lookAtSocket(appToken, slack.apiUrl)));
  if (!botToken)
    findings.push({
      what: 'token',
      ok: false,
      says: 'SLACK_BOT_TOKEN is not set: nothing can be said in Slack. It is under "OAuth & Permissions" of the app, and begins with xoxb-',
    });
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

const deliveries = (slack: System['slack']) => {
  if (slack.signingSecrets.length > 0) return { ok: true, says: 'a signing secret is set' };
  if (slack.appToken) return { ok: true, says: 'Socket Mode, by SLACK_APP_TOKEN' };
  return {
    ok: false,
    says: 'SLACK_SIGNING_SECRET is not set, so every event is refused; it is under "Basic Information" of the app. With Socket Mode, SLACK_APP_TOKEN (xapp-…) takes its place',
  };
};
