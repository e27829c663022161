import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type NewerPorts, reloadOnce, scriptIn } from '../../dashboard/src/lib/newer.ts';
import { LaterViews } from '../../dashboard/src/lib/other-views.svelte.ts';

const page = (script: string) =>
  `<head><script async blocking="render" src="./early.js"></script>
   <script type="module" crossorigin src="./assets/${script}"></script></head>`;

/** A tab, and the server's page as it is now; undefined: out of reach. */
const tab = (html: string | undefined) => {
  const kept = new Map<string, string>();
  const reload = vi.fn<() => void>();
  const ports: NewerPorts = {
    fetch: async () => {
      if (html === undefined) throw new TypeError('out of reach');
      return new Response(html);
    },
    storage: () => ({ getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) }),
    reload,
  };
  return { ports, reload, serve: (newer: string | undefined) => (html = newer) };
};

describe('a page whose files are gone', () => {
  test('is loaded anew once, and once more only for a page that is newer again', async () => {
    const { ports, reload, serve } = tab(page('index-aaaaaaaa.js'));
    for (let time = 0; time < 5; time += 1) await reloadOnce(ports);
    expect(reload).toHaveBeenCalledTimes(1);
    serve(page('index-bbbbbbbb.js'));
    for (let time = 0; time < 5; time += 1) await reloadOnce(ports);
    expect(reload).toHaveBeenCalledTimes(2);
  });

  test.each([
    ['out of reach', undefined],
    ['behind a page of somebody else', '<h1>Log in to the café</h1>'],
  ])('is left alone while the server is %s', async (_, html) => {
    const { ports, reload } = tab(html);
    await reloadOnce(ports);
    expect(reload).not.toHaveBeenCalled();
  });

  test('is left alone where nothing can be kept, since nothing would end it', async () => {
    const { ports, reload } = tab(page('index-aaaaaaaa.js'));
    const full = () => {
      throw new DOMException('full');
    };
    await reloadOnce({ ...ports, storage: () => undefined });
    await reloadOnce({ ...ports, storage: () => ({ getItem: () => null, setItem: full }) });
    expect(reload).not.toHaveBeenCalled();
  });

  test('is known by the script that it begins with', () => {
    expect(scriptIn(page('index-aaaaaaaa.js'))).toBe('index-aaaaaaaa.js');
    expect(scriptIn('<script src="./early.js"></script>')).toBeUndefined();
  });
});

describe('the other views', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  const failing = (times: number) => {
    const View = (() => {}) as never;
    const load = vi.fn(async () => {
      if (load.mock.calls.length <= times) throw new TypeError('out of reach');
      return View;
    });
    const reload = vi.fn(async () => {});
    return { load, reload, views: new LaterViews({ load, reload }) };
  };

  test('that could not be fetched are tried again by themselves, ever more seldom, until they are here', async () => {
    const { load, views } = failing(3);
    await views.fetch();
    expect(views.failed).toBe(true);
    await vi.advanceTimersByTimeAsync(2_000);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(load).toHaveBeenCalledTimes(3);
    expect(views.view).toBeUndefined();
    await vi.advanceTimersByTimeAsync(8_000);
    expect(views.view).toBeDefined();
    expect(views.failed).toBe(false);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(load).toHaveBeenCalledTimes(4);
  });

  test('are fetched once, however many ask', async () => {
    const { load, views } = failing(0);
    await Promise.all([views.fetch(), views.fetch()]);
    await views.fetch();
    expect(load).toHaveBeenCalledTimes(1);
  });

  test('load the page anew only for whoever wants to see one', async () => {
    const { reload, views } = failing(2);
    await views.fetch();
    expect(reload).not.toHaveBeenCalled();
    views.wanted = true;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(reload).toHaveBeenCalledTimes(1);
  });
});
