import type { SettingKey } from '../../handlers/command.ts';
import type { MyState, Square } from '../../handlers/my-state.ts';
import type { ToLike } from '../../handlers/to-like.ts';
import type { Challenge } from '../../projections/challenge.ts';
import { contextOf, type HomeBlock, sectionOf, selectOf } from '../home-blocks.ts';
import { safeLink, safeText } from './safe.ts';
import { aboutMe, STATE_WORDS } from './state.ts';
import type { StateWords } from './state-words.ts';

/** What App Home shows of one challenge. */
export interface HomePart {
  challenge: Pick<Challenge, 'channel' | 'locale' | 'timeZone'>;
  state: MyState;
  /** The address of the week's thread, where it is known. */
  thread?: string | undefined;
  /** Posts that the person has not liked yet, and the address of each in Slack, where it is known. */
  toLike: readonly (ToLike & { address?: string | undefined })[];
}

/** So many challenges are shown whole; of further ones, how the person's week and run are. */
const MOST_WHOLE = 4;
const MOST_BLOCKS = 40;
const MOST_TITLE = 60;
/** Longer addresses are not linked. */
const LONGEST_ADDRESS = 300;

const SQUARES: Record<Square, string> = { written: '🟩', rest: '🌙', none: '⬜' };

/** Somebody's App Home: a part for each challenge, in at most 40 blocks. `parts` has at least one. */
export const homeBlocks = (parts: readonly HomePart[]): HomeBlock[] => {
  const [first] = parts;
  if (!first) return [];
  const isOne = parts.length === 1;
  const blocks = parts.flatMap((part, position) => [
    ...(position > 0 && position < MOST_WHOLE ? [{ type: 'divider' } as const] : []),
    ...(position < MOST_WHOLE ? wholePart(part, isOne) : [stateBlock(part, isOne)]),
  ]);
  return [...blocks.slice(0, MOST_BLOCKS - 1), contextOf(STATE_WORDS[first.challenge.locale].onlyYou)];
};

const wholePart = (part: HomePart, isOne: boolean): HomeBlock[] => {
  const words = STATE_WORDS[part.challenge.locale];
  const { squares } = part.state;
  return [
    stateBlock(part, isOne),
    ...(squares.length > 0 ? [contextOf(`${squares.map((each) => SQUARES[each]).join('')}\n${words.legend}`)] : []),
    ...(part.toLike.length > 0
      ? [sectionOf([words.toLike, ...part.toLike.map((each) => lineOf(each, words))].join('\n'))]
      : []),
    ...selects(part, words),
  ];
};

const stateBlock = ({ challenge, state, thread }: HomePart, isOne: boolean): HomeBlock =>
  sectionOf([...(isOne ? [] : [`<#${challenge.channel}>`]), aboutMe(state, thread, challenge)].join('\n'));

const lineOf = ({ author, title, address }: HomePart['toLike'][number], words: StateWords): string => {
  const label = title === undefined ? words.untitled : safeText(title, MOST_TITLE);
  return `• ${safeLink(address && address.length <= LONGEST_ADDRESS ? address : undefined, label)} · <@${author}>`;
};

/** What they can set. */
const selects = ({ challenge: { channel }, state }: HomePart, words: StateWords): HomeBlock[] =>
  (Object.entries(state.choices) as [SettingKey, readonly string[]][]).map(([key, values]) =>
    selectOf(
      { label: words.keys[key], block: `${channel}/${key}`, action: `set.${key}` },
      values.map((value) => ({ text: words.values[`${key}.${value}`] as string, value: `${channel}/${value}` })),
      `${channel}/${state.settings[key]}`,
    ),
  );
