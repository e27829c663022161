import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { slackOf } from '../setup/environment.ts';
import { NEW_ENVIRONMENT, readEnvFile, setInEnvFile } from './env-file.ts';
import { keepFile } from './kept-file.ts';
import { type Answers, type Field, taken } from './setup-answers.ts';
import { askSecret, NEEDED, type SecretName, type Way } from './setup-secrets.ts';
import { callOf, printable, type Shell } from './shell.ts';
import type { Person } from './terminal.ts';
import type { Language } from './text/cli-text.ts';
import { en } from './text/en.ts';
import type { InitText } from './text/init-text.ts';
import { ko } from './text/ko.ts';

/** Where the answers go. */
export interface InitPlaces {
  /** The absolute path of the configuration. */
  config: string;
  /** That of the `.env` file. */
  environment: string;
  /** Writes the configuration, and gives the name under which a sample was put aside for it, if one was. Throws `Refused`. */
  save(answers: Answers): string | undefined;
}

/** Somebody's conversation with `til init`. */
export interface Talk {
  person: Person;
  /** Answers that were given as options. */
  given: Answers;
  places: InitPlaces;
  /** Whether there is a configuration already: then only secrets are asked for. */
  isThere: boolean;
  /** The language that was asked for on the command line; else it is the one that they choose for the challenge. */
  lang?: Language | undefined;
  /** Told in which language it goes on. */
  onText(text: InitText): void;
}

/** The words of a language; Korean where it is not known yet. */
export const textIn = (locale: string | undefined): InitText => (locale === 'en' ? en : ko).init;

/** Asks for all that is missing, tries it, and writes it as it comes; ends with what to do next. Throws `Failure` when the person stops. */
export const talkThrough = async (shell: Shell, talk: Talk): Promise<void> => {
  const { person, given, places, isThere, lang, onText } = talk;
  const draft = openDraft(places.config);
  if (draft.kept) person.say(textIn(lang ?? draft.kept.locale ?? given.locale).goesOn);
  const told = (locale: string): void => onText(textIn(lang ?? locale));
  const answers = isThere
    ? given
    : await interview(person, { ...draft.kept, ...fieldsOf(given) }, draft.keep, told, lang);
  const text = textIn(lang ?? answers.locale);
  if (isThere) shell.out(`${text.kept(printable(places.config))}\n`);
  else {
    const aside = places.save(answers);
    if (aside) shell.out(`${text.sample(printable(aside))}\n`);
    shell.out(`${text.written(printable(places.config))}\n`);
    draft.remove();
  }
  const way = wayOf(shell, places) ?? (await askWay(person, text));
  const missing = await askSecrets(shell, { person, text, places, way, channel: answers.channel });
  tellNext(shell, text, way, missing);
};

const FIELDS: readonly Field[] = ['locale', 'channel', 'name', 'timeZone', 'rest', 'admins'];
const LANGUAGE = '어떤 언어로 할까요? Which language, ko or en?';

const fieldsOf = (given: Answers): Answers =>
  Object.fromEntries(FIELDS.flatMap((field) => (given[field] === undefined ? [] : [[field, given[field]]])));

/** Asks for each thing that was not given, until it is answered as the configuration takes it. `keep` is told of every answer. */
export const interview = async (
  person: Person,
  given: Answers,
  keep: (answers: Answers) => void,
  onLocale: (locale: string) => void = () => {},
  lang?: Language,
): Promise<Answers> => {
  const answers: Answers = {};
  for (const field of FIELDS) {
    answers[field] = await answerTo(person, field, given[field], answers.locale ?? 'ko', lang);
    if (field === 'locale') onLocale(answers.locale ?? 'ko');
    keep({ ...answers });
  }
  return answers;
};

const answerTo = async (
  person: Person,
  field: Field,
  given: string | undefined,
  locale: string,
  lang: Language | undefined,
): Promise<string> => {
  const text = textIn(lang ?? locale);
  const question = field === 'locale' ? LANGUAGE : text.questions[field];
  for (let answer = given; ; answer = undefined) {
    const found = taken(field, answer ?? (await person.ask(question, usual(field, locale))));
    if (found !== undefined) return found;
    person.say(text.wrong[field]);
  }
};

const usual = (field: Field, locale: string): string | undefined => {
  if (field === 'rest') return locale === 'ko' ? 'seollal, chuseok' : '-';
  return { locale: 'ko', channel: '', name: 'TIL', timeZone: 'Asia/Seoul', admins: '' }[field];
};

/** The way that secrets show which are there already. */
const wayOf = ({ environment }: Shell, places: InitPlaces): Way | undefined => {
  const { appToken, signingSecrets } = slackOf({ ...readEnvFile(places.environment), ...environment });
  if (appToken) return 'socket';
  return signingSecrets.length > 0 ? 'url' : undefined;
};

const askWay = async (person: Person, text: InitText): Promise<Way> => {
  for (;;) {
    const answer = (await person.ask(text.questions.way, 'socket')).toLowerCase();
    if (answer === 'socket' || answer === 'url') return answer;
    person.say(text.wrong.way);
  }
};

interface SecretTalk {
  person: Person;
  text: InitText;
  places: InitPlaces;
  way: Way;
  channel: string | undefined;
}

/** Asks for the secrets of a way that are not there yet, and stores each at once. Gives those that were left for later. */
const askSecrets = async (shell: Shell, { person, text, places, way, channel }: SecretTalk): Promise<SecretName[]> => {
  const { environment } = places;
  if (!existsSync(environment)) setInEnvFile(environment, {}, NEW_ENVIRONMENT);
  const { apiUrl } = slackOf({ ...readEnvFile(environment), ...shell.environment });
  const missing: SecretName[] = [];
  for (const name of NEEDED[way]) {
    if (readEnvFile(environment)[name] || shell.environment[name]) {
      person.say(text.isSet(name));
      continue;
    }
    const secret = await askSecret(name, { person, text, apiUrl, channel });
    if (secret === undefined) missing.push(name);
    else {
      setInEnvFile(environment, { [name]: secret });
      shell.out(`${text.stored(name, printable(environment))}\n`);
    }
  }
  return missing;
};

const tellNext = (shell: Shell, text: InitText, way: Way, missing: readonly SecretName[]): void => {
  const til = callOf(shell.environment);
  if (missing.length > 0) {
    const manifest = `${til} manifest ${way === 'socket' ? '--socket' : '--url https://…'}`;
    shell.out(`${text.missing(missing.join(', '))}\n${text.next}\n  ${manifest}\n`);
  } else shell.out(`${text.invite}\n  ${til} doctor\n`);
};

/** What was answered before an interruption: beside the configuration, without any secret, and gone when that is written. */
const openDraft = (config: string) => {
  const file = join(dirname(config), '.til-init.json');
  return {
    kept: readDraft(file),
    keep: (answers: Answers): void => keepFile(file, JSON.stringify(answers), 0o600),
    remove: (): void => rmSync(file, { force: true }),
  };
};

const readDraft = (file: string): Answers | undefined => {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const texts = FIELDS.filter((field) => typeof kept[field] === 'string');
    return texts.length > 0 ? Object.fromEntries(texts.map((field) => [field, kept[field]])) : undefined;
  } catch {
    return undefined; // None, or half of one: everything is asked.
  }
};
