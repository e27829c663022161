import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { verify } from '../history/rebuild.ts';
import { serve } from '../host/serve.ts';
import { tickJob } from '../outbox/tick.ts';
import { startLive } from '../sandbox/live.ts';
import { SAMPLE } from '../sandbox/sample.ts';
import { seasonResults } from '../sandbox/season.ts';
import { createSandbox } from '../sandbox/server.ts';
import { systemClock } from '../setup/clock.ts';
import { parseConfig, type Settings } from '../setup/config.ts';
import { addressesOf, slackOf } from '../setup/environment.ts';
import { folderOf, foldersOf, openStores } from '../setup/open.ts';
import { sign } from '../slack/verify.ts';
import { mapOrdered } from '../store/together.ts';
import { FOLDER, openWorkspace, recall, remember, saveOnChange } from './demo-memory.ts';
import { DASHBOARD, opening, portOf, reportTo, starting, stay, tellOfLinks } from './serve.ts';
import { type AddCommand, type CommonOptions, createProgress, DEMO_CONFIG, optionsOf, type Shell } from './shell.ts';

export const startCommand: AddCommand = (program, shell) => {
  program
    .command('start')
    .description('like serve; without any Slack variable, the demo: a sample season and a small Slack to play in')
    .option('--live', 'let made-up members of the demo act now and then')
    .addHelpText('after', '\nExample:\n  til start --live\n')
    .action(async (_options, command) => {
      const slack = slackOf(shell.environment);
      const configured = slack.botToken ?? slack.appToken ?? slack.signingSecrets[0];
      const { config, json } = optionsOf(command);
      if (configured)
        await program.commands
          .find((other) => other.name() === 'serve')
          ?.parseAsync([...(config ? ['--config', config] : []), ...(json ? ['--json'] : [])], { from: 'user' });
      else await demo(shell, optionsOf<{ live?: boolean }>(command));
    });
};

const demo = async (shell: Shell, options: CommonOptions & { live?: boolean }): Promise<void> => {
  const signal = shell.untilSignal();
  mkdirSync(FOLDER, { recursive: true });
  const memory = recall();
  const port = await freePort(portOf(shell.environment));
  const url = `http://127.0.0.1:${port}`;
  const { workspace, deliveries } = openWorkspace(memory);
  const forgetToSave = saveOnChange(workspace);

  const signingSecret = randomBytes(16).toString('hex');
  const sandbox = createSandbox({ workspace, signingSecret });
  const addresses = addressesOf(shell.environment, FOLDER);
  const settings = demoSettings(url, addresses.log);
  const stores = await opening(() => openStores(addresses, shell.environment));
  const { queue } = stores;
  await tellOfLinks(foldersOf(addresses), reportTo(shell, options.json));
  const running = await starting(
    serve({
      settings,
      ...stores,
      slack: { signingSecrets: [signingSecret], botToken: SAMPLE.bot.token, apiUrl: `${url}/api/` },
      clock: systemClock,
      port,
      quiet: true,
      host: '127.0.0.1',
      dashboard: DASHBOARD,
      report: (happening, fields) => {
        if (happening !== 'ready') reportTo(shell, options.json)(happening, fields);
      },
      mount: sandbox.handle,
    }),
  );
  await Promise.race([starting(running.ready), signal]);
  workspace.setUrl(`${url}/sandbox/`);
  const say = (text: string): void => (options.json ? shell.error(text) : shell.out(text));
  if (memory.sent) say(`The sample season is already there (${FOLDER}; delete that folder to begin anew).\n`);
  else {
    say(await sendSeason(shell, options, deliveries, `${url}/slack/events`, signingSecret));
    for (const { month, dueAt } of seasonResults(memory.now))
      await queue.put([tickJob(SAMPLE.channel, 'month.result', new Date(dueAt), month)]);
    await running.settled();
    const challenge = settings.challenges[0] as (typeof settings.challenges)[number];
    const { events, weeks, differences } = await verify(challenge, stores);
    say(
      `${events} events in the log, ${deliveries.length} distinct deliveries, ${weeks} weeks; verified: ${differences.length} differences.\n`,
    );
    remember({ ...memory, sent: true });
  }
  sandbox.deliverTo(`${url}/slack/events`);
  await running.wake();
  const stopLive = options.live
    ? startLive(workspace, { channel: SAMPLE.channel, clock: timers, random: Math.random })
    : undefined;
  try {
    await stay(shell, signal, running, whereIs(url, options));
  } finally {
    stopLive?.();
    await sandbox.close();
    forgetToSave();
  }
};

/** The demo's configuration; it lies beside the log, so that the other commands look at the demo as the demo does. */
const demoSettings = (url: string, log: string): Settings => {
  const challenge = {
    channel: SAMPLE.channel,
    name: 'TIL 챌린지',
    admins: ['U0ADMIN001'],
    workspaceUrl: `${url}/sandbox`,
  };
  const config = { challenges: [challenge] };
  const folder = folderOf(log);
  if (folder) {
    mkdirSync(dirname(folder), { recursive: true });
    writeFileSync(join(dirname(folder), DEMO_CONFIG), `${JSON.stringify(config, null, 2)}\n`);
  }
  return parseConfig(config, 'the demo');
};

/** The port itself, or for 0 one that is free: the bot must know its Slack's address before it starts. */
const freePort = (port: number): Promise<number> => {
  if (port !== 0) return Promise.resolve(port);
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => resolve(free));
    });
  });
};

const timers = {
  after: (milliseconds: number, deed: () => void) => {
    const timer = setTimeout(deed, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Delivers the season over HTTP as Slack would, and worse: one in ten twice, and never quite in order. Gives a summary. */
const sendSeason = async (
  shell: Shell,
  { json }: CommonOptions,
  deliveries: readonly unknown[],
  url: string,
  secret: string,
): Promise<string> => {
  const started = performance.now();
  const disordered = deliveries
    .flatMap((payload, position) => [
      { payload, place: position + (position % 7) * 3 },
      ...(position % 10 === 0
        ? [{ payload: { ...(payload as object), event_id: `Ev0AGAIN${position}` }, place: position + 25 }]
        : []),
    ])
    .sort((left, right) => left.place - right.place);
  const progress = createProgress(shell, 'A season of 20 weeks', json);
  let sent = 0;
  await mapOrdered(disordered, 32, async ({ payload }) => {
    await post(url, JSON.stringify(payload), secret);
    progress.step(++sent, disordered.length, 'deliveries');
  });
  progress.end();
  const seconds = (performance.now() - started) / 1000;
  return `A season went through the front door: ${sent} signed deliveries in ${seconds.toFixed(1)} s, ${sent - deliveries.length} of them doubled, many in disorder.\n`;
};

const post = async (url: string, body: string, secret: string): Promise<void> => {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers = {
    'content-type': 'application/json',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': sign(secret, timestamp, body),
  };
  const response = await fetch(url, { method: 'POST', headers, body });
  if (response.status !== 200) throw new Error(`expected 200 for a delivery, got ${response.status}`);
  await response.arrayBuffer();
};

const whereIs = (url: string, { json }: CommonOptions): string =>
  json
    ? `${JSON.stringify({ listening: true, dashboard: `${url}/`, sandbox: `${url}/sandbox`, snapshots: `${url}/snapshots/challenges.json` })}\n`
    : `
  Dashboard   ${url}/
  Sandbox     ${url}/sandbox      a small Slack: be a member, write, press 👍
  Snapshots   ${url}/snapshots/${SAMPLE.channel}/index.json

  Ctrl+C ends it. Nothing is lost: the next start goes on where this one ended.
`;
