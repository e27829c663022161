/** A moon, drawn in a square of 24. */
export const MOON = 'M19.5 14.2A8 8 0 0 1 9.8 4.5a8 8 0 1 0 9.7 9.7Z';
