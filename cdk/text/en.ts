import type { CommandText } from './command-text.ts';
import { enDeploy, enDestroy } from './en-steps.ts';

const SETTINGS = `
Settings of a stack (-c name=value; an empty value takes one away):
  alarmEmail=you@example.com     who hears of alarms
  budget=10                      US dollars a month above which you are told, or off
  replicaRegion=ap-southeast-1   also keep the log there
  stackName=Til                  which stack
  ci=arn:aws:iam::…:role/…       a role that may take the operator's
  readFrom=BUCKET,BUCKET         logs of earlier stacks that the operator may read
  edgePolicies=ID,ID,ID          the output EdgePolicies of another stack
  @aws-cdk/core:bootstrapQualifier=…   the qualifier of your "cdk bootstrap"
`;

/** What both commands say, in English. */
export const en: CommandText = {
  expected: {
    email: 'an e-mail address, such as you@example.com',
    budget: 'whole US dollars a month, such as 10, or off',
    region: 'a region of AWS, such as ap-northeast-2',
    stackName: 'a letter, then at most 127 letters, digits and hyphens',
    bucket: 'the name of a bucket, without s3://',
    buckets: 'names of buckets, without s3://, with commas between them',
    role: 'the ARN of a role, such as arn:aws:iam::123456789012:role/ci',
    policies: 'the output EdgePolicies of another stack',
    qualifier: 'the qualifier of "cdk bootstrap", at most 10 small letters and digits',
    profile: 'a name',
    approval: 'never, any-change, broadening or destructive',
  },
  usage: {
    value: (what, expected, got) => `${what}: expected ${expected}, got ${got}`,
    unknownOption: (flag, near) =>
      `${flag}: there is no such option, expected ${near ?? 'one that --help names; what only the CDK knows goes behind another --'}`,
    valueMissing: (flags, got = 'none') => `${flags}: expected a value behind it, got ${got}`,
    surplus: (got) => `expected options alone, got ${got}`,
    notForCdk: (flag) =>
      `behind the --: expected options of the CDK that choose neither settings nor stacks, got ${flag}`,
    noPair: (got) => `-c: expected name=value, got ${got}`,
    unknownSetting: (name, known, near) =>
      `-c ${name}: there is no such setting, expected ${near === known ? known : near ? `${near}, the nearest of ${known}` : `one of ${known}`}`,
    onlyDeploys: (name) => `-c ${name}: expected with "npm run deploy"; destroying takes stackName alone`,
    keptAlone: (flag) => `${flag}: expected without --kept, which deletes one bucket and knows no stack`,
    sameRegion: (region) =>
      `-c replicaRegion: expected another region than ${region}, where the log is, got ${JSON.stringify(region)}`,
    longName: (name, most) =>
      `-c stackName: expected at most ${most} characters for a stack with a replica, got ${JSON.stringify(name)}`,
  },
  help: {
    title: (english) => english,
    deploy:
      'Builds the dashboard, deploys the stack, uploads the page, and says what is left to do. What a stack was given stays with it.',
    destroy: 'Removes one stack, once you have typed its name. Its log and state stay unless you say otherwise.',
    afterDeploy: `${SETTINGS}
What stands behind another -- goes to "cdk deploy" as it is. Exit codes 0: done, 1: not done, 2: wrong usage, and nothing was done.

Example:
  npm run deploy -- -c alarmEmail=you@example.com
`,
    afterDestroy: `
What stands behind another -- goes to the CDK as it is. Exit codes 0: done, or you said no; 1: not done; 2: wrong usage, and nothing was done.

Examples:
  npm run destroy
  npm run destroy -- -c stackName=Autumn --region us-east-1
`,
    options: {
      setting: 'a setting, see below; again for each',
      stack: 'stackName=NAME: which stack; else that of this checkout, else Til',
      withLog: 'delete log and state, too: there is no way back',
      kept: 'delete this bucket instead, which an earlier stack left',
      profile: 'the profile of the AWS credentials',
      region: 'where; else AWS_REGION, else that of the profile',
      roleArn: 'the role that CloudFormation takes',
      approval: 'which changes are asked about: never, any-change, broadening, destructive',
      verbose: 'have the CDK say more',
      help: 'show this',
    },
  },
  deploy: enDeploy,
  destroy: enDestroy,
  noRegion: 'expected a region, such as ap-northeast-2, by --region, AWS_REGION or the profile, got none',
};
