/** Writes one structured line to standard error for each happening; never a secret and never a member's text. */
export type Report = (happening: string, fields?: Record<string, unknown>) => void;

/** Reports as lines of JSON, for machines, or of words, for people. */
export const createReport = (asJson: boolean, write: (line: string) => void, now: () => number): Report => {
  return (happening, fields = {}) => {
    const time = new Date(now()).toISOString();
    if (asJson) write(JSON.stringify({ time, happening, ...fields }));
    else
      write(
        [
          time.slice(11, 19),
          happening,
          ...Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`),
        ].join(' '),
      );
  };
};

/** The text of an error for a report: our own messages hold no secret; of any other error only its kind is given. */
export const describeError = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown error';
  const code = (error as { code?: unknown }).code;
  const own = ['conflict', 'unavailable', 'corrupt', 'refused'].includes(String(code));
  return own ? `${error.name}: ${error.message}` : [error.name, typeof code === 'string' ? code : ''].join(' ').trim();
};
