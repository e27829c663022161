import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { loadConfig, parseConfig } from '../setup/config.ts';
import { NEW_ENVIRONMENT, setInEnvFile } from './env-file.ts';
import { type InitPlaces, talkThrough, textIn } from './init-talk.ts';
import { keepFile, keepInstead } from './kept-file.ts';
import { languageOf } from './language.ts';
import { type Answers, challengeFrom } from './setup-answers.ts';
import { type AddCommand, CONFIG, type CommonOptions, optionsOf, printable, type Shell } from './shell.ts';
import { atTerminal } from './terminal.ts';
import type { InitText } from './text/init-text.ts';
import { Told } from './told.ts';

export const initCommand: AddCommand = (program, shell, text) => {
  const help = text.help.init;
  program
    .command('init')
    .description(help.does)
    .option('--channel <id>', help.options.channel)
    .option('--name <name>', help.options.name)
    .option('--locale <locale>', help.options.locale)
    .option('--time-zone <zone>', help.options.timeZone)
    .option('--rest <weeks>', help.options.rest)
    .option('--admins <ids>', help.options.admins)
    .addHelpText('after', help.after)
    .action(async (_options, command) => {
      const options = optionsOf<Answers>(command);
      const name = options.config ?? CONFIG;
      const file = resolve(name);
      const isSample = existsSync(file) && (await holdsSample(file));
      const isThere = existsSync(file) && !isSample;
      const isAsked = !options.channel && process.stdin.isTTY;
      if (isThere && !isAsked) throw new Told((errors) => errors.configured(printable(name)));
      const places: InitPlaces = {
        config: file,
        environment: join(dirname(file), '.env'),
        save: (answers) => save(file, isSample, answers),
      };
      if (isAsked) await ask(shell, options, places, isThere);
      else await unasked(shell, options, places, text.init);
    });
};

const ask = async (
  shell: Shell,
  options: Answers & CommonOptions,
  places: InitPlaces,
  isThere: boolean,
): Promise<void> => {
  const { lang } = options;
  const challenge = isThere ? (await loadConfig(places.config)).challenges[0] : undefined;
  let text = textIn(lang ?? challenge?.locale ?? options.locale ?? languageOf(shell.environment));
  const person = atTerminal(() => text.stopped);
  try {
    const given = challenge ? { locale: challenge.locale, channel: challenge.channel } : options;
    await talkThrough(shell, { person, given, places, isThere, lang, onText: (chosen) => void (text = chosen) });
  } finally {
    person.close();
  }
};

/** Takes what was given, asks nothing, and leaves the secrets to the person. */
const unasked = async (shell: Shell, options: Answers & CommonOptions, places: InitPlaces, text: InitText) => {
  const { config, environment, save } = places;
  if (!options.channel) throw new Told((errors) => errors.nobodyToAsk);
  const aside = save(options);
  const isNew = !existsSync(environment);
  if (isNew) setInEnvFile(environment, {}, NEW_ENVIRONMENT);
  if (options.json) {
    shell.out(`${JSON.stringify({ config, environment, environmentWritten: isNew })}\n`);
    return;
  }
  if (aside) shell.out(`${text.sample(printable(aside))}\n`);
  shell.out(`${text.written(printable(config))}\n`);
  const { written, kept, next } = text.unasked;
  shell.out(`${(isNew ? written : kept)(printable(environment))}\n${next}\n`);
};

/** The channel of the demo, which no workspace has: the configuration that came with the project names it and nobody else's does. */
const SAMPLE_CHANNEL = 'C0TILCHAN1';

const holdsSample = async (file: string): Promise<boolean> => {
  const settings = await loadConfig(file).catch(() => undefined);
  return settings?.challenges.length === 1 && settings.challenges[0]?.channel === SAMPLE_CHANNEL;
};

/** Writes the configuration, and gives the name under which the sample that came with the project was put aside for it. Throws `Refused` for answers that are none. */
const save = (file: string, isSample: boolean, answers: Answers): string | undefined => {
  const challenge = challengeFrom(answers);
  parseConfig({ challenges: [challenge] }, 'what was answered');
  const text = configText(file, challenge);
  if (isSample) return keepInstead(file, text);
  if (existsSync(file)) throw new Told((errors) => errors.configured(printable(file)));
  keepFile(file, text);
  return undefined;
};

const configText = (file: string, challenge: Record<string, unknown>): string => {
  const body = JSON.stringify({ challenges: [challenge] }, null, 2);
  if (file.endsWith('.json')) return `${body}\n`;
  return `// The challenge(s) that this deployment runs. Everything but \`channel\` has a default; docs/configuration.md lists all fields.\nexport default ${body};\n`;
};
