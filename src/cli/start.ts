import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { Option } from 'commander';
import { verify } from '../history/rebuild.ts';
import { serve } from '../host/serve.ts';
import { startLive } from '../sandbox/live.ts';
import { ADMIN, SAMPLE } from '../sandbox/sample.ts';
import { createSandbox } from '../sandbox/server.ts';
import { systemClock } from '../setup/clock.ts';
import { parseConfig, type Settings } from '../setup/config.ts';
import { addressesOf, type Environment, slackOf } from '../setup/environment.ts';
import { folderOf, foldersOf, openStores } from '../setup/open.ts';
import { makeFolders } from '../store/folders.ts';
import { writeWhole } from '../store/whole-file.ts';
import { FOLDER, openWorkspace, recall, remember, saveOnChange } from './demo-memory.ts';
import { closePast, playPast, playPresent, sendPast } from './demo-season.ts';
import { welcome } from './demo-welcome.ts';
import { DASHBOARD, opening, portOf, reportTo, starting, stay, tellOfLinks } from './serve.ts';
import { type AddCommand, type CommonOptions, DEMO_CONFIG, optionsOf, type Shell } from './shell.ts';

export const startCommand: AddCommand = (program, shell) => {
  program
    .command('start')
    .description('like serve; without any Slack variable, the demo: a sample season and a small Slack to play in')
    .option('--live', 'let made-up members of the demo act now and then')
    .addOption(new Option('--locale <language>', 'what the bot of the demo speaks').choices(['ko', 'en']).default('ko'))
    .addHelpText('after', '\nExample:\n  til start --live\n')
    .action(async (_options, command) => {
      const slack = slackOf(shell.environment);
      const configured = slack.botToken ?? slack.appToken ?? slack.signingSecrets[0];
      const { config, json } = optionsOf(command);
      if (configured)
        await program.commands
          .find((other) => other.name() === 'serve')
          ?.parseAsync([...(config ? ['--config', config] : []), ...(json ? ['--json'] : [])], { from: 'user' });
      else await demo(shell, optionsOf<DemoOptions>(command));
    });
};

interface DemoOptions {
  live?: boolean;
  locale: 'ko' | 'en';
}

const demo = async (shell: Shell, options: CommonOptions & DemoOptions): Promise<void> => {
  const signal = shell.untilSignal();
  makeFolders(FOLDER);
  const memory = recall();
  const port = await freePort(portOf(shell.environment));
  const url = `http://127.0.0.1:${port}`;
  const { workspace, time, season } = openWorkspace(memory);
  const stage = season && { season, workspace, time, now: memory.now };
  const past = stage ? playPast(stage) : [];
  const forgetToSave = saveOnChange(workspace);

  const signingSecret = randomBytes(16).toString('hex');
  const sandbox = createSandbox({ workspace, signingSecret, now: time.now });
  const addresses = addressesOf(shell.environment, FOLDER);
  const settings = demoSettings(url, addresses.log, options.locale);
  const stores = await opening(() => openStores(addresses, shell.environment));
  const { queue } = stores;
  await tellOfLinks(foldersOf(addresses), reportTo(shell, options.json));
  const running = await starting(
    serve({
      settings,
      ...stores,
      slack: { signingSecrets: [signingSecret], botToken: SAMPLE.bot.token, apiUrl: `${url}/api/` },
      clock: { ...systemClock, now: time.now },
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
  if (stage) {
    const door = { url: `${url}/slack/events`, secret: signingSecret };
    say(await sendPast(shell, options, past, door, time));
    await closePast(stage, queue);
    await running.settled();
    sandbox.deliverTo(door.url);
    const challenge = settings.challenges[0] as (typeof settings.challenges)[number];
    await playPresent(stage, sandbox, queue, challenge);
    time.set(undefined);
    await running.settled();
    const { events, weeks, differences } = await verify(challenge, stores);
    say(`${events} events in the log, ${weeks} weeks; verified: ${differences.length} differences.\n`);
    remember({ ...memory, sent: true });
  } else {
    say(`The sample season is already there (${FOLDER}; delete that folder to begin anew).\n`);
    sandbox.deliverTo(`${url}/slack/events`);
  }
  await running.wake();
  const stopLive = options.live
    ? startLive(workspace, { channel: SAMPLE.channel, clock: timers, random: Math.random })
    : undefined;
  try {
    await stay(shell, signal, running, whereIs(url, options, shell.environment));
  } finally {
    stopLive?.();
    await sandbox.close();
    forgetToSave();
  }
};

/** The demo's configuration; it lies beside the log, so that the other commands look at the demo as the demo does. */
const demoSettings = (url: string, log: string, locale: DemoOptions['locale']): Settings => {
  const challenge = {
    channel: SAMPLE.channel,
    name: locale === 'ko' ? 'TIL 챌린지' : 'TIL challenge',
    locale,
    admins: [ADMIN],
    schedule: { rest: [...SAMPLE.rest] },
    workspaceUrl: `${url}/sandbox`,
  };
  const config = { challenges: [challenge] };
  const folder = folderOf(log);
  if (folder) {
    makeFolders(dirname(folder));
    writeWhole(join(dirname(folder), DEMO_CONFIG), `${JSON.stringify(config, null, 2)}\n`);
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

const whereIs = (url: string, { json }: CommonOptions, environment: Environment): string =>
  json
    ? `${JSON.stringify({ listening: true, dashboard: `${url}/`, sandbox: `${url}/sandbox`, snapshots: `${url}/snapshots/challenges.json` })}\n`
    : welcome(url, environment);
