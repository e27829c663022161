import type { Reader } from '../slack/reader.ts';

/** The end of a portion: what was done by then stands, and another portion goes on. */
export class PortionEnds extends Error {}

/** A reader whose calls end with `PortionEnds` once `over` has resolved, however long Slack lets them wait. */
export const readerUntil = (reader: Reader, over: Promise<unknown>): Reader => {
  let isOver = false;
  const end = over.then(() => {
    isOver = true;
    throw new PortionEnds();
  });
  end.catch(() => undefined); // Mostly nobody waits for Slack at that moment.
  const unlessOver = async <T>(call: () => Promise<T>): Promise<T> => {
    if (isOver) throw new PortionEnds();
    return Promise.race([call(), end]);
  };
  return {
    whoAmI: () => unlessOver(() => reader.whoAmI()),
    channel: (channel) => unlessOver(() => reader.channel(channel)),
    history: async function* (...window) {
      const pages = reader.history(...window);
      for (;;) {
        const { done, value } = await unlessOver(() => pages.next());
        if (done) return;
        yield value;
      }
    },
    thread: (...thread) => unlessOver(() => reader.thread(...thread)),
    reactions: (...message) => unlessOver(() => reader.reactions(...message)),
    members: (channel) => unlessOver(() => reader.members(channel)),
    profile: (user) => unlessOver(() => reader.profile(user)),
  };
};
