import type { Ts } from '../events/timestamp.ts';
import { type ChosenSettings, chosenBy } from '../projections/settings.ts';
import type { LikeMode, Scene } from './effect.ts';

/** How an author hears of likes, and since when by their own choice; without `at` it is the challenge's. */
export interface ChosenMode {
  mode: LikeMode;
  at?: Ts;
}

/** A scene as the author of the post hears of likes. */
export interface LikeScene extends Scene {
  /** When the author chose that; undefined: never, the challenge decides. */
  chosenAt: Ts | undefined;
}

/** How somebody chose to hear of likes, and when; undefined while they never did. */
export const likesChosenBy = (settings: ChosenSettings, user: string): { at: Ts; mode: LikeMode } | undefined => {
  const chosen = chosenBy(settings, user, 'likes');
  return chosen && { at: chosen.at, mode: chosen.value as LikeMode };
};

/** The scene with the author's own choice in the place of the challenge's, wherever there is one. */
export const asAuthorChose = (scene: Scene): LikeScene => {
  const { challenge, settings, reply, ledger, ts } = scene;
  const author = reply?.author ?? ledger.messages[ts]?.author;
  const chosen = author ? likesChosenBy(settings, author) : undefined;
  if (!chosen) return { ...scene, chosenAt: undefined };
  const notify = { ...challenge.notify, likes: chosen.mode };
  return { ...scene, challenge: { ...challenge, notify }, chosenAt: chosen.at };
};
