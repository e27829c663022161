import { readFileSync } from 'node:fs';
import { createWorkspace, type Workspace } from '../../src/sandbox/workspace.ts';

type Json = Record<string, unknown>;

/** A payload as Slack sends it, by the beginning of its file's name. */
export const payloadFile = <Shape = Json>(name: string): Shape =>
  JSON.parse(readFileSync(new URL(`../fixtures/slack-interactions/${name}.json`, import.meta.url), 'utf8')) as Shape;

/** The fields of a form as Slack sends it. */
export const formFile = (name: string): Record<string, string> =>
  Object.fromEntries(
    new URLSearchParams(readFileSync(new URL(`../fixtures/slack-interactions/${name}.form`, import.meta.url), 'utf8')),
  );

/** What a value is made of: the types of its fields, with no regard to their order or content. */
export const shapeOf = (value: unknown): unknown => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object') return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
};

const people = ['minseo', 'jiho', 'haeun', 'doyun'].map((name) => ({
  id: `U0${name.toUpperCase()}`.padEnd(9, '0').concat('1'),
  name,
}));

/** The workspace of the payload files, on Monday 5 August 2024. */
export const payloadWorkspace = (
  options: Partial<Parameters<typeof createWorkspace>[0]> = {},
): { workspace: Workspace; pass: (milliseconds: number) => void } => {
  let time = 1_722_817_810_000;
  const workspace = createWorkspace({
    now: () => time,
    url: 'https://hooks.slack.com/',
    team: { id: 'T0TILTEAM1', name: 'TIL', domain: 'til-demo' },
    channels: [
      { id: 'C0TILCHAN1', name: 'til' },
      { id: 'C0RANDOM01', name: 'random', members: ['U0MINSEO01'] },
      { id: 'G0OTHER001', name: 'lounge', isPrivate: true, members: ['U0MINSEO01', 'U0DOYUN001', 'U0ADMIN001'] },
    ],
    bot: { id: 'U0TILBOT01', botId: 'B0TILBOT01', appId: 'A0TILAPP01', name: 'TIL', token: 'xoxb-til' },
    members: [...people, { id: 'W0JIHO0001', name: 'jiho' }, { id: 'U0ADMIN001', name: 'manager', admin: true }],
    ...options,
  });
  return { workspace, pass: (milliseconds) => void (time += milliseconds) };
};

/** Calls the Web API as the bot. */
export const asBot = (workspace: Workspace, method: string, args: Json): Json & { ok: boolean } =>
  workspace.call(method, 'xoxb-til', args).body;

/** The payload of the last interaction that the workspace would deliver. */
export const lastPayload = (workspace: Workspace): Json => workspace.takeInteractions().at(-1)?.payload ?? {};
