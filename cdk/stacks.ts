import { AwsV4Signer } from 'aws4fetch';

/** A stack, as far as a deployment looks at it. */
export interface FoundStack {
  name: string;
  outputs: Record<string, string>;
  tags: Record<string, string>;
}

/** What a deployment asks of CloudFormation itself. */
export interface Stacks {
  /** The stack of that name, if there is one. */
  find(name: string): Promise<FoundStack | undefined>;
  /** All stacks of ours in this account and region. */
  ours(): Promise<string[]>;
  /** Switches the protection against removal on or off. */
  protect(name: string, on: boolean): Promise<void>;
  /** Has CloudFormation begin to remove a stack, which must not be protected; what it keeps of it stays. */
  remove(name: string): Promise<void>;
}

/** Where CloudFormation is, and with which keys. */
export interface StacksPorts {
  region: string;
  credentials: () => Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string }>;
  /** Another address than AWS's own. */
  endpoint?: string | undefined;
}

/** The tag that `app.ts` gives to every stack. */
export const TAG = { application: 'til-challenge' };

/** CloudFormation's calls that a deployment needs, by its query API: the SDK's client would be one dependency more for them. */
export const openStacks = (ports: StacksPorts): Stacks => {
  const describe = async (name?: string): Promise<FoundStack[]> => {
    const found: FoundStack[] = [];
    for (let token: string | undefined = ''; token !== undefined; ) {
      const answer = await call({
        ...ports,
        action: { Action: 'DescribeStacks', ...(name && { StackName: name }), ...(token && { NextToken: token }) },
      });
      if (!answer) return [];
      found.push(...stacksIn(answer));
      token = textOf(answer, 'NextToken');
    }
    return found;
  };
  return {
    find: async (name) => (await describe(name)).find((stack) => stack.name === name),
    ours: async () =>
      (await describe()).filter(({ tags }) => tags['application'] === TAG.application).map(({ name }) => name),
    protect: async (name, on) => {
      const action = { Action: 'UpdateTerminationProtection', StackName: name, EnableTerminationProtection: `${on}` };
      if (!(await call({ ...ports, action }))) throw new Error(`there is no stack ${name} in ${ports.region}`);
    },
    remove: async (name) => void (await call({ ...ports, action: { Action: 'DeleteStack', StackName: name } })),
  };
};

/** Gives the answer; undefined when there is no such stack. */
const call = async ({
  region,
  credentials,
  endpoint,
  action,
}: StacksPorts & { action: Record<string, string> }): Promise<string | undefined> => {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const signer = new AwsV4Signer({
    ...(await credentials()),
    method: 'POST',
    url: endpoint ?? `https://cloudformation.${region}.${domain}/`,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams({ ...action, Version: '2010-05-15' }).toString(),
    service: 'cloudformation',
    region,
  });
  const { url, ...request } = await signer.sign();
  const response = await fetch(url, { ...request, signal: AbortSignal.timeout(30_000) });
  const text = await response.text();
  if (response.ok) return text;
  const message = textOf(text, 'Message') ?? '';
  if (textOf(text, 'Code') === 'ValidationError' && message.includes('does not exist')) return undefined;
  throw new Error(
    `cloudformation:${action['Action']} in ${region}: answered ${response.status} ${textOf(text, 'Code') ?? ''}: ${message}`,
  );
};

const stacksIn = (answer: string): FoundStack[] =>
  membersOf(answer, 'Stacks')
    .filter((stack) => textOf(stack, 'StackStatus') !== 'DELETE_COMPLETE')
    .map((stack) => ({
      name: textOf(stack, 'StackName') ?? '',
      outputs: pairsOf(stack, 'Outputs', 'OutputKey', 'OutputValue'),
      tags: pairsOf(stack, 'Tags', 'Key', 'Value'),
    }));

const pairsOf = (xml: string, list: string, key: string, value: string): Record<string, string> =>
  Object.fromEntries(membersOf(xml, list).map((member) => [textOf(member, key) ?? '', textOf(member, value) ?? '']));

/** The members of a list, each as it stands between its tags; lists stand in members of others. */
const membersOf = (xml: string, list: string): string[] => {
  const inner = innerOf(xml, list) ?? '';
  const members: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: tag, index } of inner.matchAll(/<\/?member>/g)) {
    if (tag === '<member>' && depth++ === 0) start = index + tag.length;
    if (tag === '</member>' && --depth === 0) members.push(inner.slice(start, index));
  }
  return members;
};

const innerOf = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(xml)?.[1];

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const textOf = (xml: string, name: string): string | undefined =>
  innerOf(xml, name)?.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, entity) => {
    if (entity) return ENTITIES[entity] ?? whole;
    return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16));
  });
