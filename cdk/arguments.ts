import { Command, CommanderError } from 'commander';
import { nearest } from './nearest.ts';
import { check, checkSetting, SETTING_NAMES } from './setting-values.ts';
import type { Given } from './settings.ts';
import type { CommandText } from './text/command-text.ts';
import { HelpAsked, WrongUsage } from './usage.ts';

/** What was given to `npm run destroy`. */
export interface GivenToDestroy extends Given {
  withLog: boolean;
  /** The bucket to be deleted instead of a stack. */
  kept?: string;
}

interface Options {
  context?: string[];
  profile?: string;
  region?: string;
  roleArn?: string;
  requireApproval?: string;
  verbose?: true;
  withLog?: true;
  kept?: string;
}

/** Reads the arguments of `npm run deploy`. Throws `HelpAsked`, or `WrongUsage` for whatever is not known or cannot be right. */
export const givenToDeploy = (args: readonly string[], text: CommandText): Given => {
  const { help } = text;
  const command = commandOf('deploy', help.options.setting, text)
    .option('--require-approval <when>', help.options.approval)
    .description(help.deploy)
    .addHelpText('after', help.afterDeploy);
  const { options, forCdk } = parse(command, args, text);
  return givenBy(options, forCdk, text, (name) => {
    if (!SETTING_NAMES.includes(name)) throw unknownSetting(name, ['stackName', ...SETTING_NAMES], text);
  });
};

/** Reads the arguments of `npm run destroy`, in the same way. */
export const givenToDestroy = (args: readonly string[], text: CommandText): GivenToDestroy => {
  const { help, usage } = text;
  const command = commandOf('destroy', help.options.stack, text)
    .option('--with-log', help.options.withLog)
    .option('--kept <bucket>', help.options.kept)
    .description(help.destroy)
    .addHelpText('after', help.afterDestroy);
  const { options, forCdk } = parse(command, args, text);
  const { kept, withLog = false, context } = options;
  const given = givenBy(options, forCdk, text, (name) => {
    throw SETTING_NAMES.includes(name)
      ? new WrongUsage(usage.onlyDeploys(name))
      : unknownSetting(name, ['stackName'], text);
  });
  if (kept === undefined) return { ...given, withLog };
  check('--kept', 'bucket', kept, text);
  const [surplus] = [...(withLog ? ['--with-log'] : []), ...(context ? ['-c'] : [])];
  if (surplus !== undefined) throw new WrongUsage(usage.keptAlone(surplus));
  return { ...given, withLog, kept };
};

/** What both have. Of what the CDK takes, this is passed on; all else of it stands behind `--`. */
const commandOf = (name: 'deploy' | 'destroy', settings: string, { help }: CommandText): Command =>
  new Command(`npm run ${name} --`)
    .usage('[options] [-- …]')
    .allowExcessArguments()
    .exitOverride()
    .configureHelp({ styleTitle: help.title, displayWidth: columnsOf })
    .helpOption('-h, --help', help.options.help)
    .option('-c, --context <name=value>', settings, (each: string, all: string[] = []) => [...all, each])
    .option('--profile <name>', help.options.profile)
    .option('--region <region>', help.options.region)
    .option('-r, --role-arn <arn>', help.options.roleArn)
    .option('-v, --verbose', help.options.verbose);

/** What would go to the CDK unread, though it says what is done, and to which stacks. */
const NOT_FOR_CDK = /^(-c.*|--(context|with-log|kept|all|help)(=.*)?|-h)$/s;

const parse = (command: Command, args: readonly string[], text: CommandText) => {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const forCdk = args.slice(end + 1);
  let help = '';
  command.configureOutput({ writeOut: (written) => void (help += written), writeErr: () => undefined });
  try {
    command.parse(args.slice(0, end), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw error.exitCode === 0 ? new HelpAsked(help.trimEnd()) : new WrongUsage(wrongIn(error.message, text));
  }
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    // The parser takes whatever stands behind: also the next option.
    if (typeof value === 'string' && value.startsWith('-'))
      throw new WrongUsage(text.usage.valueMissing(option.flags, JSON.stringify(value)));
  }
  const [surplus] = command.args;
  if (surplus !== undefined) throw new WrongUsage(text.usage.surplus(JSON.stringify(surplus)));
  // A word that no option stands before would be one more stack.
  const misplaced = forCdk.find((arg, at) => NOT_FOR_CDK.test(arg) || (at === 0 && !arg.startsWith('-')));
  if (misplaced !== undefined) throw new WrongUsage(text.usage.notForCdk(misplaced));
  return { options: command.opts<Options>(), forCdk };
};

/** What the parser says of wrong usage, as one sentence of ours. */
const wrongIn = (message: string, { usage }: CommandText): string => {
  const [, flag, near] =
    /^error: unknown option '(.*)'(?:\n\(Did you mean (?:one of )?(.*)\?\))?$/s.exec(message) ?? [];
  if (flag !== undefined) return usage.unknownOption(flag, near);
  const [, flags] = /^error: option '(.*)' argument missing$/.exec(message) ?? [];
  return flags === undefined ? message : usage.valueMissing(flags);
};

/** `known` throws at a setting that has no place there. */
const givenBy = (options: Options, forCdk: string[], text: CommandText, known: (name: string) => void): Given => {
  const { context = [], profile, region, roleArn, requireApproval, verbose } = options;
  const given: Given = { settings: {}, rest: [] };
  for (const each of context) {
    // `-c=name=value` is what the CDK takes, too.
    const [, name, value = ''] = /^=?([^=]+)=(.*)$/s.exec(each) ?? [];
    if (name === undefined) throw new WrongUsage(text.usage.noPair(JSON.stringify(each)));
    if (name === 'stackName') check('-c stackName', 'stackName', value, text);
    else known(name);
    checkSetting(name, value, text);
    if (name === 'stackName') given.stackName = value;
    else given.settings[name] = value;
  }
  for (const [flag, kind, value] of [
    ['--profile', 'profile', profile],
    ['--region', 'region', region],
    ['--role-arn', 'role', roleArn],
    ['--require-approval', 'approval', requireApproval],
  ] as const) {
    if (value === undefined) continue;
    check(flag, kind, value, text);
    given.rest.push(flag, value);
  }
  if (verbose) given.rest.push('--verbose');
  given.rest.push(...forCdk);
  return { ...given, ...(profile !== undefined && { profile }), ...(region !== undefined && { region }) };
};

const unknownSetting = (name: string, known: readonly string[], { usage }: CommandText): WrongUsage =>
  new WrongUsage(usage.unknownSetting(name, known.join(', '), nearest(name, known)));

/** How many columns a text takes on a terminal: Hangul takes two each. */
const columnsOf = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (letter >= '\u1100' && letter !== '…' ? 2 : 1), 0);
