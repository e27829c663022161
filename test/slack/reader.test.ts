import { afterEach, describe, expect, test } from 'vitest';
import { Refused, Unavailable } from '../../src/events/errors.ts';
import { slackReader } from '../../src/slack/reader.ts';
import { type StubAnswer, type StubCall, startSlackStub } from '../support/slack-stub.ts';

const used: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of used.splice(0)) await end();
});

const stubbed = async (answer: (call: StubCall) => StubAnswer) => {
  const stub = await startSlackStub(answer);
  used.push(stub.close);
  const waits: number[] = [];
  const patience = { sleep: async () => {}, onWait: (seconds: number) => void waits.push(seconds) };
  return { ...stub, waits, reader: slackReader({ token: 'xoxb-test', apiUrl: stub.apiUrl, ...patience }) };
};
const json = (answer: object): StubAnswer => ({ body: JSON.stringify(answer) });
const lines = async <Item>(paged: AsyncGenerator<Item[]>): Promise<Item[]> => {
  const items: Item[] = [];
  for await (const page of paged) items.push(...page);
  return items;
};

const message = (ts: string) => ({ type: 'message', ts });

describe('more that Slack does not show the way to is an error, not the end', () => {
  const half = { ok: true, has_more: true, response_metadata: { next_cursor: '' } };

  test('of a history', async () => {
    const { reader } = await stubbed(() => json({ ...half, messages: [message('1722817811.000001')] }));
    const reading = lines(reader.history('C0TILCHAN1', '1722817810.000000', '1722819010.000000'));
    await expect(reading).rejects.toThrow(Unavailable);
  });

  test('of a thread', async () => {
    const { reader } = await stubbed(() => json({ ...half, messages: [message('1722817811.000001')] }));
    await expect(reader.thread('C0TILCHAN1', '1722817811.000001')).rejects.toThrow(Unavailable);
  });
});

test('every page is read, each by the cursor of the one before', async () => {
  const { reader, calls } = await stubbed(({ arguments: { cursor } }) =>
    cursor === 'second'
      ? json({ ok: true, messages: [message('1722817810.000001')] })
      : json({
          ok: true,
          messages: [message('1722817811.000001')],
          has_more: true,
          response_metadata: { next_cursor: 'second' },
        }),
  );
  const read = await lines(reader.history('C0TILCHAN1', '1722817810.000000', '1722819010.000000'));
  expect(read.map(({ ts }) => ts)).toEqual(['1722817811.000001', '1722817810.000001']);
  expect(calls.map(({ arguments: { cursor } }) => cursor)).toEqual([undefined, 'second']);
});

describe('a reading that fails', () => {
  const failing = (...answers: StubAnswer[]) => {
    const left = [...answers];
    return stubbed(() => left.shift() ?? json({ ok: true, members: ['U0MINSEO01'] }));
  };

  test('waits as long as Slack says, or half a minute where it does not say', async () => {
    const limited = json({ ok: false, error: 'ratelimited' });
    const { reader, waits } = await failing(
      { ...limited, status: 429, headers: { 'retry-after': '7' } },
      { ...limited, status: 429 },
      limited,
    );
    expect(await reader.members('C0TILCHAN1')).toEqual(['U0MINSEO01']);
    expect(waits).toEqual([7, 30, 30]);
  });

  test('is tried again after what is no answer', async () => {
    const { reader, waits } = await failing({ body: '<html>' }, { body: '' }, { status: 500, body: 'x' });
    expect(await reader.members('C0TILCHAN1')).toEqual(['U0MINSEO01']);
    expect(waits).toEqual([1, 2, 4]);
  });

  test('says what to do where only a person can help', async () => {
    const { reader, waits } = await failing(json({ ok: false, error: 'missing_scope', needed: 'channels:history' }));
    const reading = reader.members('C0TILCHAN1');
    await expect(reading).rejects.toThrow(/missing_scope \(make the app anew/);
    await expect(reading).rejects.toBeInstanceOf(Refused);
    expect(waits).toEqual([]);
  });
});
