import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Refused } from '../events/errors.ts';
import { loadConfig, parseConfig } from '../setup/config.ts';
import { type AddCommand, CONFIG, optionsOf, printable, type Shell } from './shell.ts';

interface InitOptions {
  channel?: string;
  name?: string;
  locale?: string;
  timeZone?: string;
  rest?: string;
  admins?: string;
}

/** Asks one question; an empty answer is the default. */
export type Ask = (question: string, otherwise: string) => Promise<string>;

export const initCommand: AddCommand = (program, shell) => {
  program
    .command('init')
    .description('asks what it must know and writes the configuration and .env; replaces nothing that you wrote')
    .option('--channel <id>', 'the id of the channel; Slack shows it at the bottom of the channel details')
    .option('--name <name>', 'what the challenge is called')
    .option('--locale <locale>', 'the language in which the bot speaks: ko or en')
    .option('--time-zone <zone>', 'whose weeks and Mondays count, such as Asia/Seoul')
    .option('--rest <weeks>', 'weeks of rest with commas between them: seollal, chuseok, 2024-W52; none')
    .option('--admins <ids>', 'who gets the alarms: ids with commas between them')
    .addHelpText(
      'after',
      '\nWith --channel it asks nothing.\n\nExample:\n  til init --channel C0123456789 --name "TIL" --locale en --time-zone Europe/Berlin\n',
    )
    .action(async (_options, command) => {
      const options = optionsOf<InitOptions>(command);
      const name = options.config ?? CONFIG;
      const file = resolve(name);
      const isSample = existsSync(file) && (await holdsSample(file));
      if (existsSync(file) && !isSample)
        throw new Refused(`${printable(name)} is there already; change it by hand, or name another with --config`);
      const answers = options.channel ? options : await interactively(options);
      const challenge = challengeFrom(answers);
      parseConfig({ challenges: [challenge] }, 'what was answered');
      if (isSample) renameSync(file, `${file}.sample`);
      writeNew(file, configText(file, challenge), 0o644);
      const environment = join(dirname(file), '.env');
      const isNew = writeNew(environment, ENVIRONMENT, 0o600);
      if (options.json) {
        shell.out(`${JSON.stringify({ config: file, environment, environmentWritten: isNew })}\n`);
        return;
      }
      if (isSample) shell.out(`put aside: the sample that was there is ${printable(name)}.sample now\n`);
      tell(shell, file, environment, isNew);
    });
};

/** The channel of the demo, which no workspace has: the configuration that came with the project names it and nobody else's does. */
const SAMPLE_CHANNEL = 'C0TILCHAN1';

const holdsSample = async (file: string): Promise<boolean> => {
  const settings = await loadConfig(file).catch(() => undefined);
  return settings?.challenges.length === 1 && settings.challenges[0]?.channel === SAMPLE_CHANNEL;
};

const interactively = async (given: InitOptions): Promise<InitOptions> => {
  if (!process.stdin.isTTY)
    throw new Refused('--channel: expected the id of a channel, such as C0123456789; nobody is there to ask');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await askAll(
      async (question, otherwise) => (await lines.question(`${question} [${otherwise}] `)) || otherwise,
      given,
    );
  } finally {
    lines.close();
  }
};

/** Asks for everything that was not given. */
export const askAll = async (ask: Ask, given: InitOptions): Promise<InitOptions> => {
  const channel = given.channel ?? (await ask('The id of the channel (at the bottom of its details):', ''));
  const name = given.name ?? (await ask('What is the challenge called?', 'TIL'));
  const locale = given.locale ?? (await ask('In which language does the bot speak, ko or en?', 'ko'));
  const timeZone = given.timeZone ?? (await ask('Whose time zone?', 'Asia/Seoul'));
  const rest = given.rest ?? (await ask(REST_QUESTION, locale.trim() === 'ko' ? 'seollal, chuseok' : 'none'));
  const admins = given.admins ?? (await ask('Who gets the alarms (ids such as U0123456789, with commas)?', ''));
  return { channel, name, locale, timeZone, rest, admins };
};

const REST_QUESTION = 'Which weeks are for rest (seollal, chuseok, weeks such as 2024-W52, with commas; - for none)?';

const challengeFrom = (answers: InitOptions): Record<string, unknown> => {
  const { channel, name, locale, timeZone, rest, admins } = answers;
  return {
    channel: channel?.trim(),
    ...(name ? { name } : {}),
    ...(locale ? { locale } : {}),
    ...(timeZone ? { timeZone } : {}),
    ...(rest === undefined ? {} : { schedule: { rest: restFrom(rest) } }),
    admins: listed(admins ?? ''),
  };
};

const listed = (answer: string): string[] =>
  answer
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

const HOLIDAYS = new Map([
  ['seollal', 'seollal'],
  ['설날', 'seollal'],
  ['chuseok', 'chuseok'],
  ['추석', 'chuseok'],
]);

/** The weeks of rest that an answer names, in the configuration's words; what it does not know is left for the configuration to refuse. */
const restFrom = (answer: string): string[] => {
  if (['-', 'none', '없음'].includes(answer.trim().toLowerCase())) return [];
  return [...new Set(listed(answer).map((entry) => HOLIDAYS.get(entry.toLowerCase()) ?? entry))];
};

const configText = (file: string, challenge: Record<string, unknown>): string => {
  const body = JSON.stringify({ challenges: [challenge] }, null, 2);
  if (file.endsWith('.json')) return `${body}\n`;
  return `// The challenge(s) that this deployment runs. Everything but \`channel\` has a default; README.md lists all fields.\nexport default ${body};\n`;
};

const ENVIRONMENT = `# Secrets: never commit this file. "til doctor" says whether they are right.
# "OAuth & Permissions" of the app: begins with xoxb-
SLACK_BOT_TOKEN=
# "Basic Information" of the app; several with commas while they are changed
SLACK_SIGNING_SECRET=
# Only for Socket Mode: begins with xapp-
# SLACK_APP_TOKEN=
`;

/** Writes a file that is not there yet; says whether it did. */
const writeNew = (file: string, text: string, mode: number): boolean => {
  try {
    writeFileSync(file, text, { flag: 'wx', mode });
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return false;
    throw new Refused(`${file}: cannot be written (${(error as { code?: string }).code ?? 'unknown'})`, {
      cause: error,
    });
  }
};

const tell = (shell: Shell, file: string, environment: string, isNew: boolean): void => {
  shell.out(`written: ${printable(file)}\n`);
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
