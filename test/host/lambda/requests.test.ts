import { expect, test } from 'vitest';
import { type Requests, requestsOfDeeds } from '../../support/aws-requests.ts';

const rounded = (requests: Requests): Requests =>
  Object.fromEntries(Object.entries(requests).map(([name, count]) => [name, Math.round(count * 10) / 10])) as never;

// Exact, since nothing in it is by chance: whoever changes a number here says in the commit why it is worth it. Bytes go with the texts
// of payloads and are only held below a bound.
test('a deed on AWS asks for as much of the storage as it did, and nothing that is known is moved again', async () => {
  const { like, reply, mixed } = await requestsOfDeeds();
  expect(rounded(like)).toMatchObject({ put: 15.5, get: 44.2, list: 0, invocations: 2.8 });
  expect(rounded(reply)).toMatchObject({ put: 16.3, get: 64.4, list: 0, invocations: 3.1 });
  expect(mixed.read).toBeLessThan(1_000);
  expect(mixed.written).toBeLessThan(130_000);
});
