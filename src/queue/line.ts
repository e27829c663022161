import { type Heap, heap } from './heap.ts';
import type { Job, NewJob } from './queue.ts';

/** A job in the line. `key` is its place: smaller keys go first. Times are in milliseconds. */
export interface Place {
  key: string;
  job: NewJob;
  since: number;
  received: number;
  /** 0 while it waits; while it is taken or put back with a delay, when that ends. */
  heldUntil: number;
  gone: boolean;
}

/** How full a queue is. `oldestMs` is the age of the oldest job, 0 when there is none. */
export interface Depth {
  jobs: number;
  groups: number;
  oldestMs: number;
}

/** The rules of a FIFO queue with groups, without disk, clock or waiting: the same for all queues of our own. */
export interface Line {
  add(key: string, job: NewJob, since: number, received: number): Place;
  /** Takes up to `max` of the oldest jobs of groups that hold none back, and holds them until `until`. */
  take(max: number, now: number, until: number): Place[];
  /** The place of a job that was taken, unless it has been taken again since, or is done. */
  find(job: Job): Place | undefined;
  remove(place: Place): void;
  /** Holds a place, and with it its group, until `until`. */
  delay(place: Place, until: number): void;
  /** When the next held place may be taken again, if any is held. */
  nextChange(): number | undefined;
  depth(now: number): Depth;
  /** All jobs in the order of their keys. */
  jobs(): NewJob[];
}

interface Group {
  name: string;
  /** Ascending keys; those before `head` are gone. */
  places: Place[];
  head: number;
  held: Set<Place>;
}

/** A taken job as the port gives it. */
export const jobOf = ({ key, job, received }: Place): Job => ({ ...job, received, handle: `${key}#${received}` });

/** An empty line. */
export const emptyLine = (): Line => {
  const groups = new Map<string, Group>();
  const places = new Map<string, Place>();
  // Both heaps may hold what is no longer true; it is checked when it comes to the top. Nothing has to be searched and removed.
  const ready: Heap<string, Group> = heap();
  const changes: Heap<number, Group> = heap();

  const announce = (group: Group): void => {
    const place = nextOf(group);
    if (place) ready.push(place.key, group);
  };

  const release = (now: number): void => {
    for (let next = changes.first(); next && next.rank <= now; next = changes.first()) {
      changes.pop();
      const group = next.value;
      for (const place of group.held) if (place.heldUntil <= now) letGo(group, place);
      if (group.held.size === 0) announce(group);
    }
  };

  const holdBack = (group: Group, place: Place, until: number): void => {
    place.heldUntil = until;
    group.held.add(place);
    changes.push(until, group);
  };

  const take: Line['take'] = (max, now, until) => {
    release(now);
    const taken: Place[] = [];
    const ours = new Set<Group>();
    for (let next = ready.first(); next && taken.length < max; next = ready.first()) {
      ready.pop();
      const group = next.value;
      const place = nextOf(group);
      if (place?.key !== next.rank || (group.held.size > 0 && !ours.has(group))) continue;
      ours.add(group);
      place.received += 1;
      holdBack(group, place, until);
      taken.push(place);
      announce(group);
    }
    return taken;
  };

  const remove = (place: Place): void => {
    const group = groups.get(place.job.group);
    if (!group || place.gone) return;
    place.gone = true;
    places.delete(place.key);
    letGo(group, place);
    skipGone(group);
    if (group.places.length === 0) groups.delete(group.name);
    else if (group.held.size === 0) announce(group);
  };

  const add: Line['add'] = (key, job, since, received) => {
    const place = { key, job, since, received, heldUntil: 0, gone: false };
    const group = groups.get(job.group) ?? { name: job.group, places: [], head: 0, held: new Set() };
    groups.set(job.group, group);
    places.set(key, place);
    insert(group, place);
    if (group.held.size === 0) announce(group);
    return place;
  };

  return {
    add,
    take,
    remove,
    find: ({ handle }) => {
      const mark = handle.lastIndexOf('#');
      const place = places.get(handle.slice(0, mark));
      return place?.received === Number(handle.slice(mark + 1)) ? place : undefined;
    },
    delay: (place, until) => {
      const group = groups.get(place.job.group);
      if (group && !place.gone) holdBack(group, place, until);
    },
    nextChange: () => {
      while (changes.first()?.value.held.size === 0) changes.pop();
      return changes.first()?.rank;
    },
    depth: (now) => ({ jobs: places.size, groups: groups.size, oldestMs: oldest(groups.values(), now) }),
    jobs: () => [...places.values()].sort((left, right) => (left.key < right.key ? -1 : 1)).map(({ job }) => job),
  };
};

const letGo = (group: Group, place: Place): void => {
  place.heldUntil = 0;
  group.held.delete(place);
};

/** The oldest place of a group that is not held. Those held lie at its head, at most ten of them. */
const nextOf = (group: Group): Place | undefined => {
  for (let at = group.head; at < group.places.length; at += 1) {
    const place = group.places[at];
    if (place && !place.gone && !group.held.has(place)) return place;
  }
  return undefined;
};

const skipGone = (group: Group): void => {
  while (group.places[group.head]?.gone) group.head += 1;
  if (group.head < group.places.length && (group.head < 1000 || group.head * 2 < group.places.length)) return;
  group.places.splice(0, group.head); // Seldom, so that a long line is not moved for every job.
  group.head = 0;
};

/** Nearly always at the end; earlier only when another process's job is noticed late. */
const insert = (group: Group, place: Place): void => {
  let at = group.places.length;
  while (at > group.head && (group.places[at - 1]?.key ?? '') > place.key) at -= 1;
  group.places.splice(at, 0, place);
};

const oldest = (groups: Iterable<Group>, now: number): number => {
  let age = 0;
  for (const group of groups) age = Math.max(age, now - (group.places[group.head]?.since ?? now));
  return age;
};
