import type { Json } from '../events/json.ts';
import type { App } from './app.ts';
import type { Arguments } from './arguments.ts';
import { openHome } from './home.ts';
import { respond } from './hooks.ts';
import { type Interaction, type Outcome, type Spot, settle } from './outgoing.ts';
import { type Element, press, pressHome, useShortcut } from './presses.ts';
import { type Answer, copy } from './shapes.ts';
import { command, type Typed } from './slash.ts';
import type { State } from './state.ts';
import type { Due } from './waiting.ts';

/** How people talk to the app, and how it answers; deeds throw `Refused` where Slack's client would not offer them. */
export interface Talk {
  /** A button or a select in a message. */
  press(pressed: Element & { user: string; channel: string; ts: string }): void;
  pressHome(pressed: Element & { user: string }): void;
  /** An entry in the menu of a message. */
  useShortcut(used: { user: string; channel: string; ts: string; callbackId: string }): void;
  command(typed: Typed): void;
  openHome(opened: { user: string; tab: 'home' | 'messages' }): void;
  /** Removes and gives the presses, shortcuts and commands that are due; each is to be settled. */
  takeInteractions(): (Interaction & Due)[];
  /** Says what the app answered to an interaction. */
  settle(id: string, outcome: Outcome): void;
  /** What the app sends to a `response_url`. */
  respond(url: string, fields: Arguments): Answer;
  /** What App Home shows somebody; undefined before the first `views.publish`. */
  home(user: string): Json | undefined;
  /** Where somebody waits for an answer, and where a warning stands because none came in time. */
  doings(user: string): (Spot & { isWarned: boolean })[];
  app(): App;
}

/** The talk of people with the app, on a state. */
export const createTalk = (state: State): Talk => ({
  press: (pressed) => press(state, pressed),
  pressHome: (pressed) => pressHome(state, pressed),
  useShortcut: (used) => useShortcut(state, used),
  command: (typed) => command(state, typed),
  openHome: (opened) => openHome(state, opened),
  takeInteractions: () => state.interactions.take().map((interaction) => copy(interaction)),
  settle: (id, outcome) => settle(state, id, outcome),
  respond: (url, fields) => respond(state, url, fields),
  home: (user) => {
    const view = state.views.get(user);
    return view && copy(view);
  },
  doings: (user) =>
    [...state.doings.values()]
      .filter(({ spot }) => spot.user === user)
      .map(({ spot, isWarned }) => ({ ...spot, isWarned })),
  app: () => state.app,
});
