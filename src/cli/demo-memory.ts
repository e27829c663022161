import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSampleWorkspace } from '../sandbox/sample.ts';
import { createSeason, type Season } from '../sandbox/season.ts';
import type { Workspace } from '../sandbox/workspace.ts';
import { manifestOf } from '../slack/manifest.ts';
import { writeWhole } from '../store/whole-file.ts';

/** Where the demo keeps everything; deleting the folder starts it anew. */
export const FOLDER = 'data/demo';

const memoryFile = join(FOLDER, 'season.json');
const workspaceFile = join(FOLDER, 'sandbox.json');

/** What the demo remembers from one start to the next. */
export interface Memory {
  /** The instant (ms) at which the season ended. */
  now: number;
  /** Whether all of the season has been delivered. */
  sent: boolean;
}

/** What was remembered; at the first start, that the season ends now. */
export const recall = (): Memory => {
  if (existsSync(memoryFile)) return JSON.parse(readFileSync(memoryFile, 'utf8')) as Memory;
  return remember({ now: Date.now(), sent: false });
};

/** Keeps it for the next start. */
export const remember = (memory: Memory): Memory => {
  writeWhole(memoryFile, JSON.stringify(memory));
  return memory;
};

/** Time as the demo has it: while its season is played the season's, then the machine's. */
export interface DemoTime {
  /** The time in ms. */
  now(): number;
  /** Makes it an instant (ms) of the season; undefined: the machine's time, for good. */
  set(milliseconds: number | undefined): void;
}

/** The workspace, with nothing said yet and a season to be played in it; or, later, as it was left. */
export const openWorkspace = ({ now, sent }: Memory): { workspace: Workspace; time: DemoTime; season?: Season } => {
  let played: number | undefined;
  const time: DemoTime = { now: () => played ?? Date.now(), set: (milliseconds) => void (played = milliseconds) };
  const workspace = createSampleWorkspace(time.now, manifestOf({ name: 'TIL', socket: true }));
  if (!sent) return { workspace, time, season: createSeason(workspace, time.set, now) };
  if (existsSync(workspaceFile)) workspace.restore(readFileSync(workspaceFile, 'utf8'));
  return { workspace, time };
};

const SAVE_MILLISECONDS = 500;

/** Keeps the workspace on disk, shortly after each change; gives the way to save a last time and stop. */
export const saveOnChange = (workspace: Workspace): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  const save = (): void => {
    timer = undefined;
    writeWhole(workspaceFile, workspace.dump());
  };
  const unwatch = workspace.watch(() => {
    timer ??= setTimeout(save, SAVE_MILLISECONDS);
  });
  return () => {
    unwatch();
    clearTimeout(timer);
    save();
  };
};
