/** What the clocks show at an instant, both in seconds; what they show is read as if it were UTC. */
export type WallClock = (seconds: number) => number;

// Korea's clocks have not been changed since 1988. Knowing that spares the page its first use of `Intl`, which costs a phone a fifth of
// a second before anything is drawn; a test compares it with `Intl`, so that news from Korea fail it.
const SEOUL_SECONDS = 9 * 3600;
const SEOUL_SINCE = Date.UTC(1989, 0, 1) / 1000;

/** The clocks of a time zone. Throws RangeError for a zone that does not exist. */
export const wallClockOf = (timeZone: string): WallClock => {
  if (timeZone !== 'Asia/Seoul') return clockOfIntl(timeZone);
  let before: WallClock | undefined;
  return (seconds) => {
    if (seconds >= SEOUL_SINCE) return Math.floor(seconds) + SEOUL_SECONDS;
    before ??= clockOfIntl(timeZone);
    return before(seconds);
  };
};

const clockOfIntl = (timeZone: string): WallClock => {
  const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn-hc-h23', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (seconds) => {
    const parts = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
    for (const { type, value } of format.formatToParts(seconds * 1000))
      if (type in parts) parts[type as 'day'] = Number(value);
    return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) / 1000;
  };
};

/** Whether a value names a time zone that is known here. */
export const isTimeZone = (zone: unknown): zone is string => {
  try {
    return typeof zone === 'string' && zone !== '' && Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
};
