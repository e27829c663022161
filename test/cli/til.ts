import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/main.ts';
import { rebuild } from '../../src/history/rebuild.ts';
import { publishChallenges } from '../../src/pipeline/publish.ts';
import { createSampleWorkspace, SAMPLE } from '../../src/sandbox/sample.ts';
import { createSeason } from '../../src/sandbox/season.ts';
import type { Workspace } from '../../src/sandbox/workspace.ts';
import { type Config, parseConfig } from '../../src/setup/config.ts';
import type { Environment } from '../../src/setup/environment.ts';
import { translate } from '../../src/slack/translate.ts';
import type { Bucket } from '../../src/store/bucket.ts';
import { openDocuments } from '../../src/store/documents.ts';
import { filesBucket } from '../../src/store/files.ts';
import { openLog } from '../../src/store/log.ts';
import { mapOrdered } from '../../src/store/together.ts';

/** When the season that the commands are tested on has ended: Wednesday 20 November 2024. */
export const SEASON_END = Date.parse('2024-11-20T12:00:00+09:00');

/** What a run of the command line gave. */
export interface Ran {
  code: number;
  out: string;
  error: string;
}

/** A folder in which `til` runs as one would run it, in this process. */
export interface Til {
  folder: string;
  environment: Environment;
  log: Bucket;
  state: Bucket;
  run(...args: string[]): Promise<Ran>;
  /** The output as JSON. */
  json<T>(...args: string[]): Promise<T>;
  with(environment: Environment): Til;
  remove(): void;
}

const open = (folder: string, environment: Environment): Til => {
  const til: Til = {
    folder,
    environment,
    log: filesBucket(join(folder, 'log')),
    state: filesBucket(join(folder, 'state')),
    run: async (...args) => {
      const ran = { code: 0, out: '', error: '' };
      ran.code = await run([...args, '--config', join(folder, 'til.json')], {
        environment,
        out: (text) => void (ran.out += text),
        error: (text) => void (ran.error += text),
        isTerminal: false,
        untilSignal: () => new Promise(() => {}),
      });
      return ran;
    },
    json: async (...args) => {
      const { out, error } = await til.run(...args, '--json');
      try {
        return JSON.parse(out);
      } catch {
        throw new Error(`expected JSON, got ${out || error}`);
      }
    },
    with: (more) => open(folder, { ...environment, ...more }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  return til;
};

/** An empty folder with a configuration. */
export const emptyTil = (challenge: Partial<Config['challenges'][number]> = {}): Til => {
  const folder = mkdtempSync(join(tmpdir(), 'til-cli-'));
  writeFileSync(join(folder, 'til.json'), JSON.stringify({ challenges: [{ channel: SAMPLE.channel, ...challenge }] }));
  return open(folder, {
    TIL_LOG: `file:${folder}/log`,
    TIL_STATE: `file:${folder}/state`,
    TIL_QUEUE: `file:${folder}/queue`,
  });
};

/** The sample season as a workspace tells it. */
export const playedWorkspace = (endsAt = SEASON_END): { workspace: Workspace; setTime(milliseconds: number): void } => {
  let time = 0;
  const setTime = (milliseconds: number) => void (time = milliseconds);
  const workspace = createSampleWorkspace(() => time);
  createSeason(workspace, setTime, endsAt).play(endsAt);
  setTime(endsAt);
  return { workspace, setTime };
};

let season: Promise<string> | undefined;

const makeSeason = async (): Promise<string> => {
  const til = emptyTil();
  const challenge = parseConfig({ challenges: [{ channel: SAMPLE.channel }] }, 'test').challenges[0] as never;
  const log = openLog(til.log, SAMPLE);
  const deliveries = playedWorkspace().workspace.take();
  await mapOrdered(deliveries, 16, async ({ payload }) => {
    const translation = translate(payload, new Set([SAMPLE.channel]));
    if (translation.to === 'event') await log.append(translation.event);
  });
  await publishChallenges(openDocuments(til.state), [challenge]);
  await rebuild(challenge, til);
  return til.folder;
};

/** A folder of its own with the sample season in log and state. */
export const seasonTil = async (challenge: Partial<Config['challenges'][number]> = {}): Promise<Til> => {
  season ??= makeSeason();
  const til = emptyTil(challenge);
  cpSync(await season, til.folder, {
    recursive: true,
    filter: (path) => !/til\.json$|\/\.(lock|tmp)/.test(path),
  });
  return til;
};
