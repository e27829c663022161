/** What `til init` says, in one language. */
export interface InitText {
  questions: Record<'channel' | 'name' | 'timeZone' | 'rest' | 'admins' | 'way', string>;
  /** One sentence for an answer that is not taken. */
  wrong: Record<'locale' | 'channel' | 'name' | 'timeZone' | 'rest' | 'admins' | 'way', string>;
  secrets: Record<'SLACK_BOT_TOKEN' | 'SLACK_APP_TOKEN' | 'SLACK_SIGNING_SECRET', { question: string; wrong: string }>;
  goesOn: string;
  stopped: string;
  sample: (file: string) => string;
  written: (file: string) => string;
  kept: (file: string) => string;
  isBot: (bot: string, workspace: string | undefined) => string;
  lacks: (scopes: string) => string;
  inChannel: (name: string) => string;
  notInChannel: (name: string) => string;
  noChannel: (id: string) => string;
  opens: string;
  refused: (code: string) => string;
  unchecked: string;
  isSet: (name: string) => string;
  stored: (name: string, file: string) => string;
  missing: (names: string) => string;
  next: string;
  invite: string;
  /** Where nobody was asked: of the `.env` file, and what comes next. */
  unasked: { written: (file: string) => string; kept: (file: string) => string; next: string };
}
