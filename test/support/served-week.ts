import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { IndexSnapshot } from '../../src/projections/contract.ts';
import { createSampleWorkspace, MEMBERS, SAMPLE } from '../../src/sandbox/sample.ts';
import { startSandbox } from '../../src/sandbox/server.ts';

const SIGNING_SECRET = 'a signing secret';

/** A way to run `til` that is tried. */
export interface Way {
  /** Starts `til serve`, whose configuration has the sample's channel. */
  serve(environment: Record<string, string>): ChildProcess;
  /** The words of another command, beside that server. */
  command(words: string[]): { words: [string, ...string[]]; cwd: string; environment: Record<string, string> };
  /** Done while it runs. */
  whileServing?(port: number, environment: Record<string, string>): Promise<void>;
}

/** A port that is free now. */
export const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
};

/**
 * A small Slack and a server play a week: the weekly post, a reply with a link, a like; what the page's snapshots count then. Ends the
 * server by SIGTERM, and gives its exit code too.
 */
export const playWeek = async (
  way: Way,
): Promise<{ announced: boolean; index: IndexSnapshot; code: number | null; said: string }> => {
  const workspace = createSampleWorkspace(() => Date.now());
  const sandbox = await startSandbox({ workspace, signingSecret: SIGNING_SECRET });
  const port = await freePort();
  const environment = {
    SLACK_API_URL: sandbox.apiUrl,
    SLACK_BOT_TOKEN: SAMPLE.bot.token,
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    PORT: String(port),
  };
  const child = way.serve(environment);
  const ended = once(child, 'exit');
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += String(chunk)));
  const until = async <T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> => {
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${said}`);
      await wait(50);
    }
  };
  try {
    await until(() => said.includes('Listening on') || undefined);
    sandbox.deliverTo(`http://127.0.0.1:${port}/slack/events`);
    const { words, cwd, environment: own } = way.command(['open-week', '--wait', '120']);
    await promisify(execFile)(words[0], words.slice(1), { cwd, env: { ...own, ...environment } });
    const weekly = await until(() => workspace.messages(SAMPLE.channel).find(({ user }) => user === SAMPLE.bot.id));
    const [writer, reader] = MEMBERS.map(({ id }) => id) as [string, string];
    const { ts } = workspace.reply({
      user: writer,
      channel: SAMPLE.channel,
      thread: weekly.ts,
      text: 'https://velog.io/@minseo/first',
    });
    workspace.react({ user: reader, channel: SAMPLE.channel, ts, name: '+1' });
    const index = await until(async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/snapshots/${SAMPLE.channel}/index.json`);
      const found = answer.ok ? ((await answer.json()) as IndexSnapshot) : undefined;
      return found?.totals.posts === 1 && found.totals.likes === 1 ? found : undefined;
    });
    await until(
      () => workspace.messages(SAMPLE.channel).some(({ text }) => text?.includes('velog.io/@minseo')) || undefined,
    );
    await way.whileServing?.(port, environment);
    await sandbox.idle();
    child.kill('SIGTERM');
    const [code] = (await ended) as [number | null];
    return { announced: true, index, code, said };
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await ended;
    }
    await sandbox.close();
  }
};
