/** How many took part in a week, how many of the members did not, and both together. */
export interface Turnout {
  wrote: number;
  without: number;
  all: number;
}

/** Who wrote and has left since counts among all as well. */
export const turnoutOf = (members: readonly { id: string }[], participants: readonly string[]): Turnout => {
  const wrote = new Set(participants);
  const without = members.filter(({ id }) => !wrote.has(id)).length;
  return { wrote: wrote.size, without, all: wrote.size + without };
};
