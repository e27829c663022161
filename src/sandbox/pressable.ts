import { isObject, type Json } from '../events/json.ts';
import { escapeBare } from './rich-text.ts';
import type { Block } from './shapes.ts';

/** What people press or choose from. */
const PRESSABLE = ['button', 'static_select'] as const;

export type Pressable = (typeof PRESSABLE)[number];

const isPressable = ({ type }: Json): boolean => PRESSABLE.some((each) => each === type);

/** A block as Slack keeps it: mrkdwn escaped where it was bare, and a plain text saying that its emoji show. */
export const stamped = <Value>(value: Value): Value => {
  if (Array.isArray(value)) return value.map(stamped) as Value;
  if (!isObject(value)) return value;
  const { type, text: words } = value as Json;
  if (type === 'mrkdwn' && typeof words === 'string') return { ...value, text: escapeBare(words) };
  if (type === 'plain_text') return { emoji: true, ...(value as Json) } as Value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, stamped(inner)])) as Value;
};

/** Blocks of which each, and each element of each, has an id. */
export const identified = (blocks: Block[], nextId: () => string): Block[] =>
  blocks.map((block) => {
    const named = (element: unknown): unknown =>
      isObject(element) && isPressable(element) ? { action_id: nextId(), ...element } : element;
    const { elements, accessory } = block as { elements?: unknown[]; accessory?: unknown };
    return {
      block_id: nextId(),
      ...block,
      ...(block.type === 'actions' && elements ? { elements: elements.map(named) } : {}),
      ...(accessory === undefined ? {} : { accessory: named(accessory) }),
    };
  });

/** An option of a select. */
export interface Option {
  text: Json;
  value: string;
  [field: string]: unknown;
}

/** The options of a select, those of its groups among them. */
export const optionsIn = (select: Json): Option[] => [
  ...((select['options'] ?? []) as Option[]),
  ...((select['option_groups'] ?? []) as { options: Option[] }[]).flatMap(({ options }) => options),
];

/** What can be pressed in blocks: buttons and selects, each with the id of its block. */
export const pressable = (blocks: Block[]): { blockId: string; element: Json }[] =>
  blocks.flatMap((block) => {
    const found = [...(block.type === 'actions' ? (block['elements'] as unknown[]) : []), block['accessory']];
    return found
      .filter(isObject)
      .filter(isPressable)
      .map((element) => ({ blockId: block.block_id ?? '', element }));
  });
