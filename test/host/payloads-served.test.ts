import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isObject } from '../../src/events/json.ts';
import type { LocalQueue } from '../../src/queue/local.ts';
import { createSandbox } from '../../src/sandbox/server.ts';
import { parseConfig } from '../../src/setup/config.ts';
import { addressesOf, type SlackSettings } from '../../src/setup/environment.ts';
import { openQueue } from '../../src/setup/open.ts';
import { payloadWorkspace } from '../sandbox/slack-payloads.ts';
import {
  INTERACTION_FILES,
  INTERACTION_FOLDER,
  interactionContent,
  interactionRequest,
} from '../support/interactions.ts';
import { filesHolding, until } from '../support/on-disk.ts';
import { openStore, serveIn, temporaryFolder } from '../support/serving.ts';
import { SECRET, signedHeaders } from '../support/signed.ts';
import { startSocketServer } from '../support/socket-server.ts';
import { CHANNEL, contents, payload } from '../support/world.ts';

// Every payload of the folder goes through the whole server, on real files: once by each way in that it has.

/** What comes of a file: the answer to its person, App Home anew, the events, and the name of a trace. */
interface Outcome {
  answer?: RegExp;
  home?: true;
  events?: string[];
  trace?: string;
}

const OUTCOMES: Record<string, Outcome> = {
  '01-button-in-channel-message.json': { answer: /이번 주에 쓰시는 걸로/, events: ['week.planned-U0JIHO0001'] },
  '02-button-in-channel-message.form': { answer: /이번 주에 쓰시는 걸로/ },
  '03-button-in-direct-message.json': { answer: /알림을 껐어요/, events: ['member.set-U0MINSEO01'] },
  '04-button-in-ephemeral-answer.json': { answer: /계획을 지웠어요/, events: ['week.planned-U0JIHO0001'] },
  '05-select-in-app-home.json': { home: true, events: ['member.set-U0HAEUN001'] },
  '06-several-actions.json': { home: true, events: ['week.planned-U0HAEUN001'] },
  '07-link-button.json': {},
  '08-unknown-action.json': { trace: 'block_actions.button.of.an.older.version' },
  '09-button-with-an-org-wide-install.json': { answer: /쉬시는 걸로/, events: ['week.planned-W0JIHO0001'] },
  '10-shortcut-on-thread-reply.json': { answer: /이 글을 인정했어요/, events: ['post.ruled-1722865849.468459'] },
  '11-shortcut-on-top-level-message.json': { answer: /제가 모르는 글/ },
  '12-shortcut-by-somebody-who-is-no-admin.json': { answer: /운영하는 분만/ },
  '13-shortcut-on-the-bots-own-message.json': { answer: /제가 모르는 글/ },
  '14-shortcut-in-another-private-channel.json': { answer: /챌린지 채널의 글이 아니에요/ },
  '20-til.form': { answer: /이번 주 글을 썼어요/ },
  '21-til-rest-in-korean.form': { answer: /쉬시는 걸로/, events: ['week.planned-U0MINSEO01'] },
  '22-til-remind-sunday.form': { answer: /일요일에 알려 드릴게요/, events: ['member.set-U0MINSEO01'] },
  '23-til-likes-english.form': { answer: /10개씩 모일 때마다/, events: ['member.set-U0JIHO0001'] },
  '24-til-admin-excuse-mention-escaped.form': { answer: /<@U0DOYUN001> 님은/, events: ['week.excused-U0DOYUN001'] },
  '25-til-admin-excuse-mention-not-escaped.form': { answer: /누구인지 확실하지 않아서/ },
  '26-til-in-direct-message.form': { answer: /TIL 8월 1주차/ },
  '27-til-in-another-channel.form': { answer: /<#C0TILCHAN1>.*쓰시는 걸로/s, events: ['week.planned-U0MINSEO01'] },
  '28-til-in-a-private-channel.form': { answer: /`\/til 도움말`/ },
  '29-til-unknown-words.form': { answer: /무슨 말씀인지 잘 모르겠어요/ },
  '30-til-enterprise.form': { answer: /이번 주는 쉬기로 했어요/ },
  '31-ssl-check.form': {},
  '40-app-home-opened-first-time.json': { home: true },
  '41-app-home-opened-again.json': { home: true },
  '42-app-home-opened-messages-tab.json': {},
  '43-app-home-opened-event-ts-without-a-point.json': { home: true },
  '50-socket-interactive.json': { answer: /이번 주에 쓰시는 걸로/ },
  '51-socket-slash-command.json': { answer: /쉬시는 걸로/, events: ['week.planned-U0MINSEO01'] },
  '52-socket-app-home-opened.json': { home: true },
  '53-socket-interactive-shortcut.json': { answer: /이 글을 인정했어요/ },
};

/** Of the same person at the same instant as another file, or none of its own: what is chosen in it stands already. */
const CHOICES = /-((?:week\.planned|week\.excused|member\.set|post\.ruled)-[A-Z0-9.]+)(?:-|\.json)/;
const CHALLENGE = { channel: CHANNEL, admins: ['U0ADMIN001'], notify: { remind: 'on' } }; // Also where no token says whether the app may.
const SETTINGS = parseConfig({ challenges: [CHALLENGE] }, 'test');

const innerOf = (name: string): Record<string, unknown> => {
  const content = interactionContent(name);
  return isObject(content['payload']) ? content['payload'] : content;
};

/** When it was sent (s): by its own date; commands have none, so they come one after the other behind all that have one of that week. */
const sentAt = (name: string): number => {
  const { actions, action_ts, event_time } = innerOf(name) as {
    actions?: { action_ts: string }[];
    action_ts?: string;
    event_time?: number;
  };
  const own = actions?.[0]?.action_ts ?? action_ts ?? event_time;
  return own === undefined ? 1_722_867_100 + 10 * INTERACTION_FILES.indexOf(name) : Math.floor(Number(own)) + 1;
};

const IN_TIME = INTERACTION_FILES.toSorted((left, right) => sentAt(left) - sentAt(right));

/** The secrets of a file: its trigger, and the end of the address for answers. */
const secretsOf = (name: string): string[] => {
  const { trigger_id, response_url } = innerOf(name);
  return [
    trigger_id,
    String(response_url ?? '')
      .split('/')
      .at(-1),
  ].filter((text): text is string => Boolean(text));
};

/** A clock that a test sets forward. */
const clockFrom = (seconds: number) => {
  const time = { base: seconds * 1000, since: performance.now() };
  return {
    now: () => time.base + performance.now() - time.since,
    elapsed: () => performance.now(),
    sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
    set: (to: number): void => {
      time.base = Math.max(to * 1000, time.base + performance.now() - time.since);
      time.since = performance.now();
    },
  };
};

const FIRST = sentAt(IN_TIME[0] as string) - 60;

/** The server on real files, where nothing is said of its own accord. */
const open = async (slack: SlackSettings, clock: ReturnType<typeof clockFrom>) => {
  const { folder, remove } = temporaryFolder();
  const queue = (await openQueue(addressesOf({}, folder).queue, {})) as LocalQueue;
  const reports: unknown[] = [];
  const report = (...said: unknown[]): void => void reports.push(said);
  const running = await serveIn(folder, { settings: SETTINGS, clock, queue, quiet: true, slack, report });
  return {
    folder,
    running,
    clock,
    queue,
    reports: () => JSON.stringify(reports),
    log: (await openStore(folder)).log,
    idle: () => until(() => queue.depth().jobs === 0),
    remove,
  };
};

/** Slack as the sandbox is, and the host of the addresses for answers. */
const startSlack = async (now: () => number) => {
  const { workspace } = payloadWorkspace({ now });
  const sandbox = createSandbox({ workspace, signingSecret: SECRET, now });
  const answers: { path: string; text: string }[] = [];
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/api/')) calls.push(path);
    if (sandbox.handle(request, response)) return;
    answers.push({ path, text: (JSON.parse(await textOf(request)) as { text: string }).text });
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    homes: () => calls.filter((path) => path === '/api/views.publish').length,
    close: async () => {
      await sandbox.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** A text of a file under an id of its own, with another host for its answers: some files are of the same press. */
const ownText = (text: string, name: string, origin: string): string => {
  const host = 'https://hooks.slack.com';
  const moved = text.replaceAll(host, origin).replaceAll(encodeURIComponent(host), encodeURIComponent(origin));
  const { trigger_id, event_id } = innerOf(name);
  const id = String(trigger_id ?? event_id);
  return moved.replaceAll(id, `${id}${INTERACTION_FILES.indexOf(name)}`);
};

type Served = Awaited<ReturnType<typeof open>>;

/** The weekly post and a reply to it, to which the files belong. */
const deliverWeek = async ({ running, clock, idle }: Served): Promise<void> => {
  for (const number of [1, 3]) {
    const body = JSON.stringify(payload(number));
    const headers = signedHeaders(body, Math.floor(clock.now() / 1000));
    const answer = await fetch(`http://127.0.0.1:${running.port}/slack/events`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
  }
  await idle();
};

const namesIn = async ({ log }: Served): Promise<{ choices: string[]; traces: string[] }> => {
  const traces = Object.values(await contents(log, 'other/')).map(
    (text) => (JSON.parse(text) as { type: string }).type,
  );
  const choices = Object.keys(await contents(log, 'events/')).flatMap((key) => CHOICES.exec(key)?.[1] ?? []);
  return { choices, traces };
};

/** What is in the second and not in the first; both may have the same thing several times. */
const added = (before: readonly string[], after: readonly string[]): string[] => {
  const left = [...before];
  return after.filter((each) => !left.includes(each) || !left.splice(left.indexOf(each), 1));
};

/** Sends a file twice, and compares what came of it with what should. */
const check = async (
  name: string,
  served: Served,
  heard: { answers: { path: string; text: string }[]; homes?(): number },
  send: () => Promise<void>,
) => {
  const { answer, home, events = [], trace } = OUTCOMES[name] as Outcome;
  const before = await namesIn(served);
  const [answers, homes] = [heard.answers.length, heard.homes?.() ?? 0];
  served.clock.set(sentAt(name));
  await send();
  await served.idle();
  const after = await namesIn(served);
  expect(added(before.choices, after.choices)).toEqual(events);
  expect(added(before.traces, after.traces)).toEqual(trace ? [trace] : []);
  expect(heard.answers.slice(answers)).toEqual(
    answer
      ? [{ path: new URL(String(innerOf(name)['response_url'])).pathname, text: expect.stringMatching(answer) }]
      : [],
  );
  if (heard.homes) expect(heard.homes() - homes).toBe(home ? 1 : 0);
};

const checkNothingIsLeft = async ({ folder, log, reports }: Served): Promise<void> => {
  expect(JSON.stringify(await contents(log, 'other/'))).not.toMatch(/[UWD]0[A-Z0-9]{7}/);
  expect(filesHolding(folder, CHANNEL)).not.toEqual([]); // It is looked for where something is.
  for (const name of IN_TIME)
    for (const secret of secretsOf(name)) {
      expect(filesHolding(folder, secret), name).toEqual([]);
      expect(reports()).not.toContain(secret);
    }
};

test('every file of the folder is in the tests', () => {
  const elsewhere = [
    'README.md', // What they are.
    '54-socket-acknowledgement.json', // Of each envelope, below.
    '60-response-url-ephemeral.json', // Every answer has this form: test/slack/response-url.test.ts.
    '61-response-url-replace-original.json',
    '62-response-url-answers.json',
    '70-views-publish-request.json', // test/slack/writer.test.ts
    '71-views-publish-answer.json',
    '72-views-publish-errors.json',
  ];
  expect(INTERACTION_FILES).toEqual(Object.keys(OUTCOMES));
  expect(readdirSync(INTERACTION_FOLDER).sort()).toEqual([...INTERACTION_FILES, ...elsewhere].sort());
});

describe('over HTTP', () => {
  let slack: Awaited<ReturnType<typeof startSlack>>;
  let served: Served;
  beforeAll(async () => {
    const clock = clockFrom(FIRST);
    slack = await startSlack(clock.now);
    served = await open({ signingSecrets: [SECRET], botToken: 'xoxb-til', apiUrl: `${slack.origin}/api/` }, clock);
    await deliverWeek(served);
  });
  afterAll(async () => {
    await served?.running.stop();
    await slack?.close();
    served?.remove();
  });

  test.each(IN_TIME)('%s is refused unless it is signed; doubled, and at another address, it is one', async (name) => {
    const { path, contentType, body: given } = interactionRequest(name);
    const body = ownText(given, name, slack.origin);
    const post = async (at: string, secret: string): Promise<[number, string]> => {
      const headers = signedHeaders(body, Math.floor(served.clock.now() / 1000), secret);
      const address = `http://127.0.0.1:${served.running.port}${at}`;
      const answer = await fetch(address, {
        method: 'POST',
        headers: { ...headers, 'content-type': contentType },
        body,
      });
      return [answer.status, await answer.text()];
    };
    await check(name, served, slack, async () => {
      expect((await post(path, 'not the secret'))[0]).toBe(401);
      expect(await post(path, SECRET)).toEqual([200, '']);
      expect(await post(path === '/slack/events' ? '/slack/commands' : '/slack/events', SECRET)).toEqual([200, '']);
    });
  });

  test('a job that is given up is put aside without what is kept nowhere', async () => {
    const { responseUrl, text } = {
      responseUrl: `${slack.origin}/commands/T0TILTEAM1/1/given-up`,
      text: '<@not a word of mine>',
    };
    const interaction = { kind: 'command', user: 'nobody', responseUrl, text };
    await served.queue.put([
      { id: 'bad', group: 'person/nobody', body: JSON.stringify({ kind: 'interaction', interaction }) },
    ]);
    await served.idle();
    expect(Object.keys(await contents(served.log, 'quarantine/'))).toHaveLength(1);
    expect([filesHolding(served.folder, 'given-up'), filesHolding(served.folder, 'word of mine')]).toEqual([[], []]);
  });

  test('of no address for answers and of no trigger is anything left, in whatever file or report', async () => {
    await served.running.settled();
    await checkNothingIsLeft(served);
  });
});

describe('over the socket', () => {
  let slack: Awaited<ReturnType<typeof startSocketServer>>;
  let served: Served;
  beforeAll(async () => {
    slack = await startSocketServer();
    const secrets = { signingSecrets: [SECRET], appToken: 'xapp-test', apiUrl: slack.apiUrl };
    served = await open(secrets, clockFrom(FIRST));
    await deliverWeek(served);
    await slack.until(() => slack.connections.length > 0);
  });
  afterAll(async () => {
    await served?.running.stop();
    await slack?.close();
    served?.remove();
  });

  test.each(IN_TIME.filter((name) => !name.startsWith('31')))(
    '%s is acknowledged each time, and doubled it is one',
    async (name) => {
      const connection = slack.connections[0];
      const content = JSON.parse(ownText(JSON.stringify(innerOf(name)), name, new URL(slack.apiUrl).origin)) as object;
      const type = 'command' in content ? 'slash_commands' : 'event' in content ? 'events_api' : 'interactive';
      await check(name, served, slack, async () => {
        for (const envelope_id of [`${name} 1`, `${name} 2`]) {
          connection?.send({
            envelope_id,
            type,
            accepts_response_payload: type === 'slash_commands',
            payload: content,
          });
          await slack.until(() => connection?.heard.at(-1)?.envelope_id === envelope_id);
        }
      });
    },
  );

  test('nothing is left either', async () => {
    await served.running.settled();
    await checkNothingIsLeft(served);
  });
});
