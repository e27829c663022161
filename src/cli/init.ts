import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Refused } from '../events/errors.ts';
import { loadConfig, parseConfig } from '../setup/config.ts';
import { NEW_ENVIRONMENT, setInEnvFile } from './env-file.ts';
import { type InitPlaces, talkThrough, textIn } from './init-talk.ts';
import { type Answers, challengeFrom } from './setup-answers.ts';
import { type AddCommand, CONFIG, optionsOf, printable, type Shell } from './shell.ts';
import { atTerminal } from './terminal.ts';

export const initCommand: AddCommand = (program, shell) => {
  program
    .command('init')
    .description(
      'asks what it must know, tries the tokens, and writes the configuration and .env; replaces nothing that you wrote',
    )
    .option('--channel <id>', 'the id of the channel; Slack shows it at the bottom of the channel details')
    .option('--name <name>', 'what the challenge is called')
    .option('--locale <locale>', 'the language in which the bot speaks: ko or en')
    .option('--time-zone <zone>', 'whose weeks and Mondays count, such as Asia/Seoul')
    .option('--rest <weeks>', 'weeks of rest with commas between them: seollal, chuseok, 2024-W52; none')
    .option('--admins <ids>', 'who gets the alarms: ids with commas between them')
    .addHelpText(
      'after',
      '\nWith --channel it asks nothing. Interrupted, it goes on where it stopped.\n\nExample:\n  til init --channel C0123456789 --name "TIL" --locale en --time-zone Europe/Berlin\n',
    )
    .action(async (_options, command) => {
      const options = optionsOf<Answers>(command);
      const name = options.config ?? CONFIG;
      const file = resolve(name);
      const isSample = existsSync(file) && (await holdsSample(file));
      const isThere = existsSync(file) && !isSample;
      const isAsked = !options.channel && process.stdin.isTTY;
      if (isThere && !isAsked)
        throw new Refused(`${printable(name)} is there already; change it by hand, or name another with --config`);
      const places: InitPlaces = {
        config: file,
        environment: join(dirname(file), '.env'),
        save: (answers) => save(file, isSample, answers),
      };
      if (isAsked) await ask(shell, options, places, isThere);
      else await unasked(shell, options, places, isSample);
    });
};

const ask = async (shell: Shell, options: Answers, places: InitPlaces, isThere: boolean): Promise<void> => {
  const challenge = isThere ? (await loadConfig(places.config)).challenges[0] : undefined;
  let text = textIn(challenge?.locale ?? options.locale);
  const person = atTerminal(() => text.stopped);
  try {
    const given = challenge ? { locale: challenge.locale, channel: challenge.channel } : options;
    await talkThrough(shell, { person, given, places, isThere, onText: (chosen) => void (text = chosen) });
  } finally {
    person.close();
  }
};

/** Takes what was given, asks nothing, and leaves the secrets to the person. */
const unasked = async (shell: Shell, options: Answers & { json?: boolean }, places: InitPlaces, isSample: boolean) => {
  const { config, environment, save } = places;
  if (!options.channel)
    throw new Refused('--channel: expected the id of a channel, such as C0123456789; nobody is there to ask');
  save(options);
  const isNew = !existsSync(environment);
  if (isNew) setInEnvFile(environment, {}, NEW_ENVIRONMENT);
  if (options.json) {
    shell.out(`${JSON.stringify({ config, environment, environmentWritten: isNew })}\n`);
    return;
  }
  if (isSample) shell.out(`put aside: the sample that was there is ${printable(config)}.sample now\n`);
  shell.out(`written: ${printable(config)}\n`);
  shell.out(
    isNew
      ? `written: ${printable(environment)}, readable by you alone; put the token and the signing secret in\n`
      : `left as it is: ${printable(environment)}; it needs SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET\n`,
  );
  shell.out(
    'Next: "til manifest --socket" (or --url https://…) makes the app; of an app that is there, put it under "App Manifest" and install ' +
      'the app once again. Then "til doctor" looks whether all is well, and "til serve" runs it.\n',
  );
};

/** The channel of the demo, which no workspace has: the configuration that came with the project names it and nobody else's does. */
const SAMPLE_CHANNEL = 'C0TILCHAN1';

const holdsSample = async (file: string): Promise<boolean> => {
  const settings = await loadConfig(file).catch(() => undefined);
  return settings?.challenges.length === 1 && settings.challenges[0]?.channel === SAMPLE_CHANNEL;
};

/** Writes the configuration; the sample that came with the project is put aside for it. Throws `Refused` for answers that are none. */
const save = (file: string, isSample: boolean, answers: Answers): boolean => {
  const challenge = challengeFrom(answers);
  parseConfig({ challenges: [challenge] }, 'what was answered');
  if (isSample) renameSync(file, `${file}.sample`);
  try {
    writeFileSync(file, configText(file, challenge), { flag: 'wx', mode: 0o644 });
    return isSample;
  } catch (error) {
    throw new Refused(`${file}: cannot be written (${(error as { code?: string }).code ?? 'unknown'})`, {
      cause: error,
    });
  }
};

const configText = (file: string, challenge: Record<string, unknown>): string => {
  const body = JSON.stringify({ challenges: [challenge] }, null, 2);
  if (file.endsWith('.json')) return `${body}\n`;
  return `// The challenge(s) that this deployment runs. Everything but \`channel\` has a default; docs/configuration.md lists all fields.\nexport default ${body};\n`;
};
