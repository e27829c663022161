import * as v from 'valibot';
import type { CommandText, Expected } from './text/command-text.ts';
import { WrongUsage } from './usage.ts';

/** CloudFormation cuts longer names off where it names roles, and by these names a replica knows them. */
export const LONGEST_NAME_WITH_REPLICA = 24;

const BUCKET = /^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/;
const STACK_NAME = /^[A-Za-z][A-Za-z\d-]{0,127}$/;
/** As AWS names them all: a region that comes next year has such a name, too. */
const REGION =
  /^[a-z]{2,4}(-(gov|iso[a-z]?|de))?-(north|south|east|west|central|northeast|northwest|southeast|southwest)-\d$/;
const ROLE = /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/;
/** The ids of three policies of CloudFront's. */
const POLICIES = /^[\w-]+(,[\w-]+){2}$/;
/** A name that can be reached from outside ends in letters. */
const Email = v.pipe(v.string(), v.rfcEmail(), v.regex(/@.+\.([a-z]{2,}|xn--[a-z\d-]+)$/i));

/** Whether a text can be the ARN of a role. */
export const isRole = (text: string): boolean => ROLE.test(text);
/** Whether a text is a sum in whole US dollars, from 1 to 999,999. */
export const isDollars = (text: string): boolean => /^\d{1,6}$/.test(text) && Number(text) > 0;

const CHECKS: Record<keyof Expected, (text: string) => boolean> = {
  email: (text) => v.is(Email, text),
  budget: (text) => text === 'off' || isDollars(text),
  region: (text) => REGION.test(text),
  stackName: (text) => STACK_NAME.test(text),
  bucket: (text) => BUCKET.test(text),
  buckets: (text) => text.split(',').every((name) => BUCKET.test(name)),
  role: isRole,
  policies: (text) => POLICIES.test(text),
  qualifier: (text) => /^[a-z\d]{1,10}$/.test(text),
  profile: (text) => /^[^-]/.test(text),
  approval: (text) => ['never', 'any-change', 'broadening', 'destructive'].includes(text),
};

/** What stays with a stack once it is given by `-c name=value`, and what each must be. */
const SETTINGS: Readonly<Record<string, keyof Expected>> = {
  alarmEmail: 'email',
  budget: 'budget',
  replicaRegion: 'region',
  readFrom: 'buckets',
  ci: 'role',
  edgePolicies: 'policies',
  '@aws-cdk/core:bootstrapQualifier': 'qualifier',
};

/** The names of all settings that stay with a stack. */
export const SETTING_NAMES: readonly string[] = Object.keys(SETTINGS);

/** Throws `WrongUsage` when a text cannot be what is expected there; `what` names where it was given. */
export const check = (what: string, kind: keyof Expected, text: string, { usage, expected }: CommandText): void => {
  if (!CHECKS[kind](text)) throw new WrongUsage(usage.value(what, expected[kind], JSON.stringify(text)));
};

/** Throws `WrongUsage` when a setting's value cannot be right. An empty one takes the setting away. */
export const checkSetting = (name: string, value: string, text: CommandText): void => {
  const kind = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
  if (kind && value !== '') check(`-c ${name}`, kind, value, text);
};
