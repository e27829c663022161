import { type FileSystem, realFileSystem } from '../../src/store/disk.ts';

/** One call to the operating system. */
export interface Call {
  name: keyof FileSystem | 'writeFile' | 'sync' | 'close';
  path: string;
}

/** An error as Node gives it. */
const systemError = (code: string, { name, path }: Call): Error =>
  Object.assign(new Error(`${code}: made by the test, ${name} '${path}'`), { code, syscall: name, path });

/** The operating system's calls, each of which fails with the code that `failing` gives for it; and all calls that were made. */
export const faultyFileSystem = (
  failing: (call: Call) => string | undefined,
): { system: FileSystem; calls: Call[] } => {
  const calls: Call[] = [];
  const pass = (name: Call['name'], path: string): void => {
    const call = { name, path };
    calls.push(call);
    const code = failing(call);
    if (code !== undefined) throw systemError(code, call);
  };

  const open: FileSystem['open'] = async (path, flags) => {
    pass('open', path);
    const handle = await realFileSystem.open(path, flags);
    return {
      writeFile: async (data) => {
        // A full disk leaves a part of the file.
        await handle.writeFile((data as Uint8Array).subarray(0, 3));
        pass('writeFile', path);
        await handle.writeFile((data as Uint8Array).subarray(3));
      },
      sync: async () => {
        pass('sync', path);
        await handle.sync();
      },
      close: () => handle.close(),
    };
  };

  const system: FileSystem = {
    open,
    link: async (from, to) => {
      pass('link', to);
      await realFileSystem.link(from, to);
    },
    rename: async (from, to) => {
      pass('rename', to);
      await realFileSystem.rename(from, to);
    },
    unlink: async (path) => {
      pass('unlink', path);
      await realFileSystem.unlink(path);
    },
    mkdir: async (path, options) => {
      pass('mkdir', path);
      return realFileSystem.mkdir(path, options);
    },
    readFileSync: (path) => {
      pass('readFileSync', path);
      return realFileSystem.readFileSync(path);
    },
    placeOf: realFileSystem.placeOf,
    appendFileSync: (path, text) => {
      pass('appendFileSync', path);
      realFileSystem.appendFileSync(path, text);
    },
    unlinkSync: (path) => {
      pass('unlinkSync', path);
      realFileSystem.unlinkSync(path);
    },
  };
  return { system, calls };
};

/** The operating system's calls, but nothing is forced to the disk: quick, and not safe from power loss. */
export const unforced: FileSystem = {
  ...realFileSystem,
  open: async (path, flags) => {
    const handle = await realFileSystem.open(path, flags);
    return { writeFile: (data) => handle.writeFile(data), sync: async () => undefined, close: () => handle.close() };
  },
};

/** The operating system's calls on a disk without hard links, which answers `link` with this code. */
export const withoutLinks = (code = 'EPERM', system: FileSystem = realFileSystem): FileSystem => ({
  ...system,
  link: async (_, path) => {
    throw systemError(code, { name: 'link', path });
  },
});
