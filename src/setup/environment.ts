import { Refused } from '../events/errors.ts';

/** The environment, as far as this project reads it. Only the program's entries look at `process.env`: `til` and the Lambda functions. */
export type Environment = Record<string, string | undefined>;

/** Where things are kept: `file:PATH`, `s3://BUCKET/PREFIX`, or an SQS URL for the queue. */
export interface Addresses {
  log: string;
  state: string;
  queue: string;
}

/** The addresses that the environment names, by default folders under `data`; empty variables count as absent. */
export const addressesOf = (environment: Environment, folder = 'data'): Addresses => ({
  log: environment['TIL_LOG'] || `file:${folder}/log`,
  state: environment['TIL_STATE'] || `file:${folder}/state`,
  queue: environment['TIL_QUEUE'] || `file:${folder}/queue`,
});

/** The bucket, and the prefix in it, that an `s3://` address names. */
export const bucketOf = (address: string): { bucket: string; prefix?: string } => {
  const match = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(address);
  if (!match) throw new Refused(`expected file:PATH or s3://BUCKET/PREFIX, got ${address}`);
  const prefix = match[2]?.replace(/\/+$/, '');
  return { bucket: match[1] as string, ...(prefix ? { prefix } : {}) };
};

/** The tokens and secrets that Slack issued, and where Slack is. */
export interface SlackSettings {
  botToken?: string;
  appToken?: string;
  signingSecrets: string[];
  apiUrl?: string;
  appId?: string;
  teamId?: string;
}

/** The Slack variables of the environment; empty ones count as absent. */
export const slackOf = (environment: Environment): SlackSettings => {
  const value = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const secrets = (value('SLACK_SIGNING_SECRET') ?? '').split(',').map((secret) => secret.trim());
  return {
    botToken: value('SLACK_BOT_TOKEN'),
    appToken: value('SLACK_APP_TOKEN'),
    signingSecrets: secrets.filter((secret) => secret !== ''),
    apiUrl: value('SLACK_API_URL'),
    appId: value('SLACK_APP_ID'),
    teamId: value('SLACK_TEAM_ID'),
  };
};
