/** How authors hear of likes. */
export const LIKE_MODES = ['each', 'steps', 'card', 'off'] as const;
export type LikeMode = (typeof LIKE_MODES)[number];

/** More likes than there are people. */
const STEPS = [1, 5, 10, 20, 30, 40, 50];

/** The highest step that so many likes of others reach, or 0. */
export const stepAt = (likes: number): number => STEPS.filter((step) => step <= likes).at(-1) ?? 0;
