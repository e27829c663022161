/** What `til doctor` says, in one language. Texts hold what was found; none is a secret. */
export interface DoctorWords {
  /** Before each finding, all as wide. */
  is: Record<'fine' | 'unseen' | 'wrong', string>;
  what: {
    log(address: string): string;
    state(address: string): string;
    queue: string;
    links(folder: string): string;
    disk: string;
    clock: string;
    alarm: string;
    deliveries: string;
    page: string;
    socket: string;
    token: string;
    /** Where the tokens lie on AWS. */
    secret: string;
    talk: string;
    home: string;
    presses: string;
    channel(challenge: string): string;
    events(challenge: string): string;
    schedule(challenge: string): string;
  };
  /** An error that came instead of an answer. */
  trouble(error: unknown): string;
  bucket: Record<'createsTwice' | 'unread' | 'unlisted' | 'swapsBlindly' | 'creates' | 'swaps', string>;
  queue: {
    onAws: string;
    /** How many jobs wait, the oldest for how many seconds. */
    waiting(jobs: number, seconds: number): string;
    unserved(waiting: string): string;
    old(waiting: string): string;
    /** The same with a hint where the log is that of a stack. */
    ofStack(says: string): string;
  };
  links: Record<'there' | 'none', string>;
  /** `gibibytes`: with one digit after the point. */
  disk: { free(gibibytes: string): string; full(gibibytes: string): string };
  alarm: { test: string; sent: string; onAws: string };
  clock: {
    silent(url: string): string;
    off(seconds: number, isBehind: boolean): string;
    wrong(seconds: number, isBehind: boolean): string;
    onAws: string;
  };
  token: {
    none: string;
    onAws: string;
    scopesUnknown(user: string): string;
    lacks(user: string, scopes: string): string;
    /** `spared`: the scopes that only private channels need, or nothing. */
    whole(user: string, spared: string): string;
  };
  socket(others: number | undefined): string;
  channel: Record<'archived' | 'absent' | 'present', (name: string) => string>;
  events: { none: string; arrived(time: string): string; missing(time: string): string };
  schedule: { noPost: string; noResult(month: string): string; fine: string };
  talk: { unknown: string; has(scope: string): string; lacks(scope: string): string };
  home: { noAdmin: string; on: string; off: string; unclear(answer: string): string };
  presses: {
    first(kind: string, date: string): string;
    seen(firsts: string): string;
    never(firsts: string, command: string): string;
  };
  page: {
    off: string;
    noLink: string;
    linkOnAws(variable: string): string;
    onAws(isByLink: boolean): string;
    shown(isByLink: boolean, host: string | undefined): string;
  };
  deliveries: Record<'none' | 'http' | 'socket' | 'onAws', string>;
}
