import { givenToDeploy } from './arguments.ts';
import { type Deployment, fromHere } from './deployment.ts';
import { checkSetting, LONGEST_NAME_WITH_REPLICA } from './setting-values.ts';
import { contextOf, type Given, parseSettings, STACK, settingsOf } from './settings.ts';
import type { FoundStack } from './stacks.ts';
import type { CommandText } from './text/command-text.ts';
import { en } from './text/en.ts';
import { uploadSite } from './upload.ts';
import { WrongUsage } from './usage.ts';

/**
 * Builds the dashboard, deploys the stack, uploads the page, and says what is left to do. What an earlier deployment was given stays,
 * wherever that was done from: the stack tells it itself. Throws `WrongUsage` before any of it when `args` cannot be meant so.
 */
export const deploy = async (world: Deployment, args: readonly string[], text: CommandText = en): Promise<void> => {
  const given = givenToDeploy(args, text);
  const name = given.stackName ?? world.remembered() ?? STACK;
  const last = await world.stacks.find(name);
  if (!last) await refuseStrangers(world, name, given, text);
  const settings = keptAndGiven(world, settingsIn(last, given, text), given, text);
  refuseWrong(world, name, settings, text);
  world.run('npm', 'run', '--silent', 'build');
  world.cdk('deploy', name, ...contextOf(name, settings, { deployedAt: world.now() }), ...given.rest);
  if (given.stackName) world.remember(given.stackName);
  const outputs = (await world.stacks.find(name))?.outputs;
  if (!outputs) throw new Error(text.deploy.noStack(name));
  const files = await uploadSite({
    client: world.s3(),
    bucket: outputs['SiteBucket'] as string,
    folder: world.folder,
    page: { address: outputs['DashboardUrl'] as string, challenges: world.challenges },
  });
  world.print(text.deploy.leftToDo({ files: files.length, outputs, email: settings['alarmEmail'] }));
  world.run(process.execPath, 'src/cli/main.ts', 'manifest', '--url', outputs['RequestUrl'] as string);
};

/** Another stack of ours is rather the one that was meant than the one to have a second beside it. */
const refuseStrangers = async (
  world: Deployment,
  name: string,
  { stackName }: Given,
  text: CommandText,
): Promise<void> => {
  const others = stackName === undefined ? await world.stacks.ours() : [];
  if (others.length === 0) return;
  throw new Error(text.deploy.strangers(name, others.join(', ')));
};

/** What a stack was given. One from before it told that must be told once more what it was given: nothing of it is dropped in silence. */
const settingsIn = (stack: FoundStack | undefined, { settings }: Given, text: CommandText): Record<string, string> => {
  const told = stack?.outputs['Settings'];
  if (told !== undefined) return parseSettings(told);
  if (!stack?.outputs['LogBucket'] || 'alarmEmail' in settings) return {};
  throw new Error(text.deploy.untold(stack.name));
};

/** The settings for this deployment, and a word on each that nobody gave this time. */
const keptAndGiven = (
  world: Deployment,
  last: Record<string, string>,
  given: Given,
  text: CommandText,
): Record<string, string> => {
  const settings = settingsOf(last, given);
  for (const [setting, value] of Object.entries(last)) {
    if (setting in given.settings) continue;
    world.print(setting in settings ? text.deploy.asBefore(setting, value) : text.deploy.noSetting(setting, value));
  }
  return settings;
};

/** What an earlier deployment let through, and what only all of it together shows. */
const refuseWrong = (
  world: Deployment,
  name: string,
  settings: Readonly<Record<string, string>>,
  text: CommandText,
): void => {
  for (const [setting, value] of Object.entries(settings)) checkSetting(setting, value, text);
  const { replicaRegion } = settings;
  if (replicaRegion === undefined) return;
  if (replicaRegion === world.region) throw new WrongUsage(text.usage.sameRegion(replicaRegion));
  if (name.length > LONGEST_NAME_WITH_REPLICA)
    throw new WrongUsage(text.usage.longName(name, LONGEST_NAME_WITH_REPLICA));
};

if (import.meta.main) await fromHere(givenToDeploy, deploy);
