import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { installNeeded } from './install.ts';

/** One line of a Dockerfile, continuation lines joined. */
export interface Step {
  word: string;
  rest: string;
}

/** A stage: all lines from one FROM to the next. */
export interface Stage {
  image: string;
  name: string | undefined;
  steps: Step[];
}

/** A stage that was made as a folder, and what a process in it would be given. */
export interface MadeStage {
  /** What would be `/`. */
  root: string;
  workingFolder: string;
  environment: Record<string, string>;
  user: string | undefined;
  /** The words of ENTRYPOINT and CMD, and of the health check. */
  command: string[];
  healthCheck: string[];
  volumes: string[];
}

/** Reads a Dockerfile. Throws for a word of which the runner knows nothing, so that none is passed over. */
export const parseDockerfile = (text: string): Stage[] => {
  const lines = text
    .replace(/^\s*#.*$/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const stages: Stage[] = [];
  for (const line of lines) {
    const [word = '', ...others] = line.split(/\s+/);
    const rest = line.slice(word.length).trim();
    if (word === 'FROM') stages.push({ image: others[0] ?? '', name: others[2], steps: [] });
    else stages.at(-1)?.steps.push({ word, rest });
  }
  return stages;
};

/** How steps are run here instead of in an image. */
export interface Ground {
  /** The build's context: where COPY copies from. */
  context: string;
  /** Where the stages' folders are made. */
  folder: string;
  /** Whether `.dockerignore` lets a path of the context through. */
  isAllowed(path: string): boolean;
  /** A folder with what `npm ci` gives, dev dependencies and all, for the stage that asks for it: it is linked instead of made once more. */
  installed: string;
}

/** Does a stage's steps in a clean folder. Paths that the image would have at `/` are in that folder. */
export const makeStage = (stage: Stage, others: ReadonlyMap<string, MadeStage>, ground: Ground): MadeStage => {
  const root = join(ground.folder, stage.name ?? 'last');
  const made: MadeStage = {
    root,
    workingFolder: '/',
    environment: {},
    user: undefined,
    command: [],
    healthCheck: [],
    volumes: [],
  };
  mkdirSync(root, { recursive: true });
  let entry: string[] = [];
  for (const { word, rest } of stage.steps) {
    if (word === 'WORKDIR') {
      made.workingFolder = rest;
      mkdirSync(join(root, rest), { recursive: true });
    } else if (word === 'ENV') {
      for (const pair of rest.split(/\s+/))
        made.environment[pair.split('=')[0] as string] = pair.replace(/^[^=]*=/, '');
    } else if (word === 'COPY') copy(rest, made, others, ground);
    else if (word === 'RUN') run(rest, made, ground);
    else if (word === 'USER') made.user = rest;
    else if (word === 'VOLUME') made.volumes.push(rest);
    else if (word === 'ENTRYPOINT') entry = JSON.parse(rest) as string[];
    else if (word === 'CMD') made.command = [...entry, ...(JSON.parse(rest) as string[])];
    else if (word === 'HEALTHCHECK') made.healthCheck = JSON.parse(rest.replace(/^.*?CMD /, '')) as string[];
    else if (word !== 'EXPOSE') throw new Error(`${word}: nothing is known of it here`);
  }
  return made;
};

const copy = (rest: string, made: MadeStage, others: ReadonlyMap<string, MadeStage>, ground: Ground): void => {
  const words = rest.split(/\s+/);
  const from = /^--from=(.*)$/.exec(words[0] ?? '')?.[1];
  const paths = from ? words.slice(1) : words;
  const target = join(made.root, made.workingFolder, paths.at(-1) as string);
  for (const path of paths.slice(0, -1)) {
    if (!from && !ground.isAllowed(path)) throw new Error(`${path}: .dockerignore keeps it out, and COPY wants it`);
    const source = from ? join((others.get(from) as MadeStage).root, path) : join(ground.context, path);
    const into = paths.at(-1)?.endsWith('/') ? join(target, path) : target;
    mkdirSync(dirname(into), { recursive: true });
    cpSync(source, into, {
      recursive: true,
      filter: (each) => !/node_modules|\.svelte-check/.test(each.slice(source.length)),
    });
  }
};

const run = (rest: string, made: MadeStage, ground: Ground): void => {
  const cwd = join(made.root, made.workingFolder);
  const command = rest.replace(/^(--mount=\S+\s+)+/, '');
  if (command === 'npm ci' && existsSync(join(cwd, '.npmrc'))) {
    symlinkSync(ground.installed, join(cwd, 'node_modules'));
    return;
  }
  if (command === 'npm ci --omit=dev --omit=optional') {
    installNeeded(cwd, ground.context, bareEnvironment());
    return;
  }
  // The image has a user `node`; here it is whoever runs the test.
  const here = command
    .replaceAll('node:node', `${process.getuid?.()}:${process.getgid?.()}`)
    .replace(/(^|\s)\/(?=\w)/g, (_, before: string) => `${before}${made.root}/`);
  execFileSync('sh', ['-ec', here], { cwd, env: { ...bareEnvironment(), ...made.environment }, stdio: 'pipe' });
};

/** The environment of a step: this Node.js first. */
export const bareEnvironment = (): Record<string, string> => ({
  PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
  HOME: process.env['HOME'] ?? '/',
  npm_config_update_notifier: 'false',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  ...Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && /^(https?_proxy|no_proxy|npm_config_(registry|cache|cafile))$/i.test(name)
        ? [[name, value]]
        : [],
    ),
  ),
});

/** What a `.dockerignore` lets through: the last pattern that meets a path, or a folder above it, decides. */
export const readDockerIgnore = (text: string): ((path: string) => boolean) => {
  const patterns = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  return (path) => {
    let isAllowed = true;
    for (const pattern of patterns) {
      const isAgain = pattern.startsWith('!');
      const form = pattern
        .replace(/^!/, '')
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replace('**/', '(.*/)?')
        .replace(/\*(?!\/)/g, '[^/]*');
      if (new RegExp(`^${form}(/.*)?$`).test(path)) isAllowed = isAgain;
    }
    return isAllowed;
  };
};
