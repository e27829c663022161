import { type Deployment, fromHere } from './deployment.ts';
import { contextOf, type Given, givenIn, parseSettings, STACK, settingsOf } from './settings.ts';
import type { FoundStack } from './stacks.ts';
import { uploadSite } from './upload.ts';

/**
 * Builds the dashboard, deploys the stack, uploads the page, and says what is left to do. What an earlier deployment was given stays,
 * wherever that was done from: the stack tells it itself. What else there is in `args` goes to `cdk deploy`.
 */
export const deploy = async (world: Deployment, args: string[]): Promise<void> => {
  const given = givenIn(args);
  const name = given.stackName ?? world.remembered() ?? STACK;
  const last = await world.stacks.find(name);
  if (!last) await refuseStrangers(world, name, given);
  const settings = settingsOf(settingsIn(last, given), given);
  for (const [setting, value] of Object.entries(settings))
    if (!(setting in given.settings)) world.print(`As at the last deployment: ${setting}=${value}`);
  world.run('npm', 'run', '--silent', 'build');
  world.cdk('deploy', name, ...contextOf(name, settings, { deployedAt: world.now() }), ...given.rest);
  if (given.stackName) world.remember(given.stackName);
  const outputs = (await world.stacks.find(name))?.outputs;
  if (!outputs) throw new Error(`cdk deploy has ended, and there is no stack ${name}`);
  const files = await uploadSite({
    client: world.s3(),
    bucket: outputs['SiteBucket'] as string,
    folder: world.folder,
    page: { address: outputs['DashboardUrl'] as string, challenges: world.challenges },
  });
  world.print(leftToDo(files.length, outputs, settings['alarmEmail']));
  world.run(process.execPath, 'src/cli/main.ts', 'manifest', '--url', outputs['RequestUrl'] as string);
};

/** Another stack of ours is rather the one that was meant than the one to have a second beside it. */
const refuseStrangers = async (world: Deployment, name: string, { stackName }: Given): Promise<void> => {
  const others = stackName === undefined ? await world.stacks.ours() : [];
  if (others.length === 0) return;
  throw new Error(
    `there is no stack ${name} here, but ${others.join(', ')}: say which is meant by -c stackName=…, or name a new one so`,
  );
};

/** What a stack was given. One from before it told that must be told once more what it was given: nothing of it is dropped in silence. */
const settingsIn = (stack: FoundStack | undefined, { settings }: Given): Record<string, string> => {
  const text = stack?.outputs['Settings'];
  if (text !== undefined) return parseSettings(text);
  if (!stack?.outputs['LogBucket'] || 'alarmEmail' in settings) return {};
  throw new Error(
    `the stack ${stack.name} does not tell yet what it was given: give it once more, -c alarmEmail=you@example.com, or -c alarmEmail= for none`,
  );
};

const leftToDo = (files: number, outputs: Record<string, string>, email: string | undefined): string => `
${files} files of the dashboard are at ${outputs['DashboardUrl']}

${
  email
    ? `Alarms go to ${email}, once the mail that AWS has sent there is confirmed: press "Confirm subscription" in it.`
    : 'Nobody hears of alarms: deploy again with -c alarmEmail=you@example.com.'
}

Left to do, once:
  1. Make the Slack app at https://api.slack.com/apps from the manifest below, and install it.
  2. Give its secrets to the bot:
       aws secretsmanager put-secret-value --region ${outputs['Region']} --secret-id ${outputs['SecretArn']} \\
         --secret-string '{"SLACK_BOT_TOKEN":"xoxb-…","SLACK_SIGNING_SECRET":"…"}'
  3. Five minutes later at most the functions know them: press "Retry" at the request URL in the app's settings.
  4. Invite the bot to the channel.

Request URL: ${outputs['RequestUrl']}
`;

if (import.meta.main) await fromHere(deploy);
