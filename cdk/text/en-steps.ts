import type { CommandText } from './command-text.ts';

/** What deploying says on its way, in English. */
export const enDeploy: CommandText['deploy'] = {
  asBefore: (setting, value) => `As at the last deployment: ${setting}=${value}`,
  noSetting: (setting, value) => `Not kept any more, since there is no such setting: ${setting}=${value}`,
  strangers: (name, others) =>
    `there is no stack ${name} here, but ${others}: say which is meant by -c stackName=…, or name a new one so`,
  untold: (name) =>
    `the stack ${name} does not tell yet what it was given: give it once more, -c alarmEmail=you@example.com, or -c alarmEmail= for none`,
  noStack: (name) => `cdk deploy has ended, and there is no stack ${name}`,
  leftToDo: ({ files, outputs, email }) => `
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
`,
};

/** What destroying says on its way, in English. */
export const enDestroy: CommandText['destroy'] = {
  noStack: (name) => `there is no stack ${name} here: -c stackName=… names another, --region another place`,
  noLog: (name) => `--with-log: expected a stack with a log, got ${name}, which has none of its own`,
  waiting: (name, waiting, dead, queueUrl) =>
    `${name} still holds ${waiting} jobs and ${dead} dead letters, which would go with it: wait until the queue is empty, ` +
    'put the dead letters back ("til dlq redrive --yes"), or, if they are not wanted, ' +
    `"aws sqs purge-queue --queue-url ${queueUrl}"`,
  ask: (name, region) =>
    `This removes the stack ${name} in ${region}; its log and state stay. Type its name to go on: `,
  askWithLog: (name, region, replica) =>
    `This removes the stack ${name} in ${region} and deletes every event there ever was${
      replica ? `, but not the copy in ${replica.region}, s3://${replica.bucket}` : ''
    }. There is no way back. Type "delete the log" to go on: `,
  askReplica: (name, bucket) =>
    `This removes the stack ${name}, after which no deployment looks after s3://${bucket}; the bucket itself stays. Type the stack's name to go on: `,
  askKept: (bucket) =>
    `This deletes s3://${bucket} and every version of all that is in it. There is no way back. Type its name to go on: `,
  nothing: 'Nothing was done.',
  unanswered: 'Nothing was done: expected an answer to the question, got the end of the standard input.',
  emptied: (count, bucket) => `${count} objects removed from ${bucket}`,
  kept: (log, state) =>
    `Kept: s3://${log} (the log) and s3://${state}. RUNBOOK.md, "Destroy a deployment", says how to use them again.`,
  keptReplica: ({ bucket, stack, region }) =>
    `Kept as well: the log's copy s3://${bucket} in ${region}, and its stack ${stack}. RUNBOOK.md, "A second region", says how to remove it.`,
  replicaGoes: (name, bucket) => `CloudFormation removes ${name} now. Kept: s3://${bucket}.`,
  owned: (bucket, stacks) => `${bucket} belongs to the stack ${stacks}, which is there`,
  gone: (bucket) => `${bucket} is gone.`,
  unprotected: (name) => `The stack ${name} is not protected any more.`,
};
