import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll } from 'vitest';
import { TilStack, type TilStackProps } from '../../cdk/stack.ts';

const ROOT = join(import.meta.dirname, '../..');

// The CDK leaves its own temporary folders behind.
const folder = mkdtempSync(join(tmpdir(), 'til-cdk-'));
afterAll(() => rmSync(folder, { recursive: true }));
let apps = 0;

/** The stack as `cdk.json` would have it, but its functions are bundled only if asked. */
export const stackFor = (props: Partial<TilStackProps> = {}, bundled = false): { app: App; stack: TilStack } => {
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };
  const outdir = join(folder, `${++apps}`);
  const app = new App({ outdir, context: { ...context, ...(!bundled && { 'aws:cdk:bundling-stacks': [] }) } });
  const stack = new TilStack(app, 'Til', {
    challenges: [{ channel: 'C0TILCHAN1' }],
    ...props,
  });
  return { app, stack };
};

/** A CloudFormation resource, with references in short form. */
export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
}

/** The resources by logical id without its hash; references read `<Name>` or `<Name.Attribute>`. */
export const resourcesOf = (stack: TilStack): Map<string, Resource> => {
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: Record<string, Resource> };
  return new Map(Object.entries(Resources).map(([id, resource]) => [plain(id), shorten(resource) as Resource]));
};

const plain = (id: string) => id.replace(/[0-9A-F]{8}$/, '');

const shorten = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shorten);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
  if (typeof Ref === 'string') return `<${plain(Ref)}>`;
  if (Array.isArray(attribute)) return `<${plain(attribute[0])}.${attribute[1]}>`;
  if (Array.isArray(join)) return (shorten(join[1]) as string[]).join(join[0] as string);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shorten(inner)]));
};

/** The statements of a policy, as the template has them. */
export interface Statement {
  Sid?: string;
  Effect: string;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
  Principal?: unknown;
}

/** The statements of a bucket's, a queue's, a topic's or a role's policy. */
export const statementsOf = ({ Properties }: Resource): Statement[] =>
  (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement;

/** Looks resources up by name and type. */
export const lookUp = (resources: Map<string, Resource>) => ({
  all: resources,
  of: (name: string): Resource => {
    const found = resources.get(name);
    if (!found) throw new Error(`no resource ${name} among ${[...resources.keys()].join(', ')}`);
    return found;
  },
  named: (type: string): [string, Resource][] => [...resources].filter(([, { Type }]) => Type === type),
});
