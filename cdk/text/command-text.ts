/** What a value has to be, to stand behind "expected". */
export interface Expected {
  email: string;
  budget: string;
  region: string;
  stackName: string;
  bucket: string;
  buckets: string;
  role: string;
  policies: string;
  qualifier: string;
  profile: string;
  approval: string;
}

/** Why a command line is refused. Values come quoted. */
interface UsageText {
  value(what: string, expected: string, got: string): string;
  unknownOption(flag: string, near: string | undefined): string;
  /** `got`: what stands there instead, if anything does. */
  valueMissing(flags: string, got?: string): string;
  surplus(got: string): string;
  notForCdk(flag: string): string;
  noPair(got: string): string;
  unknownSetting(name: string, known: string, near: string | undefined): string;
  onlyDeploys(name: string): string;
  keptAlone(flag: string): string;
  sameRegion(region: string): string;
  longName(name: string, most: number): string;
}

/** The help of both commands. */
interface DeployHelp {
  /** A title of the parser's own, such as `Options:`. */
  title(english: string): string;
  deploy: string;
  destroy: string;
  afterDeploy: string;
  afterDestroy: string;
  options: Record<
    'setting' | 'stack' | 'withLog' | 'kept' | 'profile' | 'region' | 'roleArn' | 'approval' | 'verbose' | 'help',
    string
  >;
}

/** The last words of a deployment: what is left to do. */
export interface LeftToDo {
  files: number;
  outputs: Record<string, string>;
  email: string | undefined;
}

interface DeployText {
  asBefore(setting: string, value: string): string;
  noSetting(setting: string, value: string): string;
  strangers(name: string, others: string): string;
  untold(name: string): string;
  noStack(name: string): string;
  leftToDo(left: LeftToDo): string;
}

/** A bucket that stays with a stack of its own in another region. */
export interface Replica {
  bucket: string;
  stack: string;
  region: string;
}

interface DestroyText {
  noStack(name: string): string;
  noLog(name: string): string;
  waiting(name: string, waiting: number, dead: number, queueUrl: string): string;
  ask(name: string, region: string): string;
  /** Asks for "delete the log" to be typed, in every language. */
  askWithLog(name: string, region: string, replica: Replica | undefined): string;
  askReplica(name: string, bucket: string): string;
  askKept(bucket: string): string;
  nothing: string;
  unanswered: string;
  emptied(count: number, bucket: string): string;
  kept(log: string, state: string): string;
  keptReplica(replica: Replica): string;
  replicaGoes(name: string, bucket: string): string;
  owned(bucket: string, stacks: string): string;
  gone(bucket: string): string;
  unprotected(name: string): string;
}

/** All that `npm run deploy` and `npm run destroy` say to people, in one language. */
export interface CommandText {
  expected: Expected;
  usage: UsageText;
  help: DeployHelp;
  deploy: DeployText;
  destroy: DestroyText;
  noRegion: string;
}
