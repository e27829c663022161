/** Emoji drawn from paths alone, by name: each path with how it is painted, on a square of 24. */
export const SHAPES: Record<string, readonly (readonly [paint: string, path: string])[]> = {
  bar_chart: [
    ['blank', 'M3 3h18v18H3z'],
    ['leaf', 'M6 12h3v6H6z'],
    ['love', 'M10.5 6h3v12h-3z'],
    ['flame', 'M15 9h3v9h-3z'],
  ],
  clap: [
    ['skin', 'M4.5 12 9 4.500l2 1-1.5 3.500L15 4l1.5 1.500L18 7l1 1.5.5 6-4 5.5-5 1z'],
    ['line', 'M8 20.5 4 15m.5-12L6 5M2 7l2 .8M9 1.500v2'],
  ],
  full_moon: [
    ['glow', 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z'],
    ['flame', 'M9 7a2 2 0 1 1 0 4 2 2 0 0 1 0-4zm6 5.500a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.200z'],
  ],
  link: [
    ['line', 'M10.5 13.500a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.700l-1.5 1.5'],
    ['line', 'M13.5 10.500a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.700l1.5-1.5'],
  ],
  lock: [
    ['line', 'M7.5 11V8a4.5 4.5 0 0 1 9 0v3'],
    [
      'glow',
      'M6.5 10.500h11a1.5 1.5 0 0 1 1.5 1.500v7a1.5 1.5 0 0 1-1.5 1.500h-11A1.5 1.5 0 0 1 5 19v-7a1.5 1.5 0 0 1 1.5-1.500z',
    ],
    ['line', 'M12 14.500v2'],
  ],
  muscle: [
    ['skin', 'M7 3.500h4l.5 3.5-2.5 1-.5 4c3-2 8-2 10.5 1.5 2 3 .5 6.5-3 7H8c-3.5 0-5-3-4.5-6.500z'],
    ['line', 'M14 12c1.5.3 2.5 1 3 2.2'],
  ],
  rotating_light: [
    ['love', 'M7 17v-5a5 5 0 0 1 10 0v5z'],
    ['line', 'M5 19.500h14M12 2v2M4 6l1.5 1.500M20 6l-1.5 1.5'],
  ],
  seedling: [
    ['stem', 'M12 21v-9'],
    ['leaf', 'M12 13C6 13 4 10 4 5c5 0 8 2 8 8z'],
    ['leaf', 'M12 11c0-4 2.5-6.5 8-6.5 0 4.5-2.5 7-8 7z'],
  ],
  writing_hand: [
    ['glow', 'm4 16 10.5-11 4 4L8 20l-5 1z'],
    ['line', 'm4 16 4 4M12.5 7l4 4M13 21h7'],
  ],
};
