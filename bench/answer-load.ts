import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Event } from '../src/events/catalog.ts';
import { calendarOf, plusWeeks, type Week } from '../src/events/week.ts';
import { createSandbox } from '../src/sandbox/server.ts';
import { createWorkspace } from '../src/sandbox/workspace.ts';
import { interactionContent, interactionText } from '../test/support/interactions.ts';
import { SECRET } from '../test/support/signed.ts';
import { eventsOfTable, inWeek, likesAll, ordered, type TableSeason } from '../test/support/table-season.ts';
import { CHANNEL } from '../test/support/world.ts';
import { challenge } from './measure.ts';

export const TOKEN = 'xoxb-bench';
const FORM = 'application/x-www-form-urlencoded';
const WEEKS = 12;

/** Who asks. */
export const PEOPLE = Array.from({ length: 40 }, (_, number) => `U0BENCH${String(number).padStart(3, '0')}`);

const present = (): Week => calendarOf(challenge.timeZone).weekAt(Date.now() / 1000);

/** Twelve weeks in which all of them wrote, up to a present one that has only begun; five of them like everything. */
export const history = (): Event[] => {
  const first = plusWeeks(present(), 1 - WEEKS);
  const season: TableSeason = {
    first,
    rows: Object.fromEntries(PEOPLE.map((user) => [user, `${'w'.repeat(WEEKS - 1)}.`])),
  };
  const likes = PEOPLE.slice(0, 5).flatMap((user) => likesAll(season, user, inWeek(first, 0, '00:00')));
  return ordered(eventsOfTable(season), likes);
};

/** One thing that a person does, as Slack sends it: its path and body. The answer goes to `address`. */
export const doing = (number: number, address: string): { path: string; type: string; body: string } => {
  const user = PEOPLE[(number * 7) % PEOPLE.length] as string;
  const own = { trigger_id: `bench.${number}`, response_url: address };
  const text = ['', '쉬어요', '', '쓸게요', '', '알림 sun', '도움말'][number % 10];
  if (text !== undefined) {
    const fields = Object.fromEntries(new URLSearchParams(interactionText('21-til-rest-in-korean.form')));
    const body = new URLSearchParams({ ...fields, ...own, user_id: user, channel_id: CHANNEL, text }).toString();
    return { path: '/slack/commands', type: FORM, body };
  }
  const press = interactionContent('01-button-in-channel-message.json');
  const [action] = press['actions'] as object[];
  const action_id = ['week.plan', 'week.rest', 'me.show'][number % 3];
  const pressed = { ...action, action_id, value: `${CHANNEL}/${present()}`, action_ts: `${Date.now() / 1000}` };
  const payload = { ...press, ...own, user: { id: user }, actions: [pressed] };
  return {
    path: '/slack/interactions',
    type: FORM,
    body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString(),
  };
};

/** Slack on loopback: its Web API is the sandbox's, and at every other address it takes answers, each told to `heard` by its path. */
export const startSlack = async (heard: (path: string) => void) => {
  const members = PEOPLE.map((id) => ({ id, name: id.toLowerCase() }));
  const workspace = createWorkspace({
    now: Date.now,
    bot: { id: 'U0TILBOT01', botId: 'B0TILBOT01', appId: 'A0TILAPP01', name: 'TIL', token: TOKEN },
    channels: [{ id: CHANNEL, name: 'til' }],
    members,
  });
  const sandbox = createSandbox({ workspace, signingSecret: SECRET });
  const server = createServer((request, response) => {
    if (sandbox.handle(request, response)) return;
    heard(request.url ?? '');
    request.resume();
    request.on('end', () => response.end('ok'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    apiUrl: `${origin}/api/`,
    close: async (): Promise<void> => {
      await sandbox.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
