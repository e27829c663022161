/** The right that only an app has that was installed with the manifest of buttons, commands and App Home. */
export const TALKING_SCOPE = 'commands';

/** What Slack's answers say of whether people can press and type, by the scopes of the bot's token. */
export interface Talk {
  /** Told of the `x-oauth-scopes` of each answer of Slack's: names with commas between them; null when an answer has none. */
  hear(scopes: string | null): void;
  /** Whether the app was installed with the right to commands. False while no answer has said so. */
  canTalk(): boolean;
  /** Whether Slack has said that the app lacks it: it must be installed again. False while no answer has said anything. */
  needsReinstall(): boolean;
}

/** Remembers what the last answer with scopes said: a token may get new ones while we run. */
export const createTalk = (): Talk => {
  let said: boolean | undefined;
  return {
    hear: (scopes) => {
      if (scopes !== null && scopes.trim() !== '')
        said = scopes.split(',').some((scope) => scope.trim() === TALKING_SCOPE);
    },
    canTalk: () => said === true,
    needsReinstall: () => said === false,
  };
};
