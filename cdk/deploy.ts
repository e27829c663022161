import { type Deployment, deployment } from './deployment.ts';
import { uploadSite } from './upload.ts';

/** Builds the dashboard, deploys the stack, uploads the page, and says what is left to do. `args` go to `cdk deploy`. */
export const deploy = async (world: Deployment, args: string[]): Promise<void> => {
  world.run('npm', 'run', '--silent', 'build');
  world.cdk('deploy', '-c', `deployedAt=${world.now()}`, ...args);
  const outputs = world.outputs();
  if (!outputs) throw new Error('cdk deploy has written no outputs; expected build/outputs.json');
  const files = await uploadSite({
    client: world.s3(outputs.Region),
    bucket: outputs.SiteBucket,
    folder: world.folder,
    page: { address: outputs.DashboardUrl, challenges: world.challenges },
  });
  world.print(`
${files.length} files of the dashboard are at ${outputs.DashboardUrl}

Left to do, once:
  1. Make the Slack app at https://api.slack.com/apps from the manifest below, and install it.
  2. Give its secrets to the bot:
       aws secretsmanager put-secret-value --region ${outputs.Region} --secret-id ${outputs.SecretArn} \\
         --secret-string '{"SLACK_BOT_TOKEN":"xoxb-…","SLACK_SIGNING_SECRET":"…"}'
  3. Five minutes later at most the functions know them: press "Retry" at the request URL in the app's settings.
  4. Invite the bot to the channel.

Request URL: ${outputs.RequestUrl}
`);
  world.run(process.execPath, 'src/cli/main.ts', 'manifest', '--url', outputs.RequestUrl);
};

if (import.meta.main) await deploy(deployment(), process.argv.slice(2));
