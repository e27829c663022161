import type { Interaction } from '../events/interaction.ts';

/** When each way in was first used, as a date of UTC such as 2026-11-30. Nobody is named. Lost, it is written again by the next use. */
export type Seen = Partial<Record<Interaction['kind'], string>>;
