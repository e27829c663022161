/** What a person typed cannot be meant: nothing was done, and the exit code is 2. `message`: one sentence, what was expected and got. */
export class WrongUsage extends Error {}

/** Help was asked for: `message` is all there is to do, and the exit code is 0. */
export class HelpAsked extends Error {}

/** A question that nobody answered, which counts as a no: nothing was done, and the exit code is 1. */
export class Unanswered extends Error {}
