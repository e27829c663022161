import { isObject, type Json } from '../events/json.ts';
import { type Option, optionsIn, type Pressable } from './pressable.ts';
import type { Block } from './shapes.ts';

/** Where something is in the arguments, `/blocks/0/text`, and what is wrong with it. */
interface Problem {
  at: string;
  what: string;
}

type Check = (value: unknown, at: string) => Problem[];

// The limits are those of docs.slack.dev/reference/block-kit.
const text = (most: number, types = ['plain_text', 'mrkdwn']): Check => {
  const length = string(most);
  return (value, at) => {
    if (!isObject(value)) return [{ at, what: 'must provide an object' }];
    if (!types.includes(String(value['type']))) return [{ at: `${at}/type`, what: `must be ${types.join(' or ')}` }];
    return [...length(value['text'], `${at}/text`), ...onlyFields(value, at, ['type', 'text', 'emoji', 'verbatim'])];
  };
};

const string =
  (most: number, least = 1): Check =>
  (value, at) => {
    if (typeof value !== 'string') return [{ at, what: 'must provide a string' }];
    if (value.length < least) return [{ at, what: `must be more than ${least - 1} characters` }];
    return value.length > most ? [{ at, what: `must be less than ${most + 1} characters` }] : [];
  };

const list =
  (each: Check, most: number, least = 1): Check =>
  (value, at) => {
    if (!Array.isArray(value)) return [{ at, what: 'must provide an array' }];
    if (value.length < least) return [{ at, what: `no less than ${least} items allowed` }];
    if (value.length > most) return [{ at, what: `no more than ${most} items allowed` }];
    return value.flatMap((item, index) => each(item, `${at}/${index}`));
  };

const oneOf =
  (...allowed: string[]): Check =>
  (value, at) =>
    allowed.includes(String(value)) ? [] : [{ at, what: `must be one of ${allowed.join(', ')}` }];

const anything: Check = () => [];

const onlyFields = (value: Json, at: string, allowed: string[]): Problem[] =>
  Object.keys(value)
    .filter((name) => !allowed.includes(name))
    .map((name) => ({ at, what: `invalid additional property: ${name}` }));

/** An object of known fields, those with `!` needed. */
const shape = (fields: Record<string, Check>): Check => {
  const named = Object.entries(fields).map(([name, check]) => ({
    name: name.replace('!', ''),
    needed: name.endsWith('!'),
    check,
  }));
  const allowed = named.map(({ name }) => name);
  return (value, at) => {
    if (!isObject(value)) return [{ at, what: 'must provide an object' }];
    return [
      ...onlyFields(value, at, allowed),
      ...named.flatMap(({ name, needed, check }) => {
        if (value[name] !== undefined) return check(value[name], `${at}/${name}`);
        return needed ? [{ at, what: `missing required field: ${name}` }] : [];
      }),
    ];
  };
};

const byType =
  (kinds: Record<string, Check>): Check =>
  (value, at) => {
    if (!isObject(value)) return [{ at, what: 'must provide an object' }];
    const type = String(value['type']);
    const check = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    return check ? check(value, at) : [{ at: `${at}/type`, what: `unsupported type: ${type}` }];
  };

const confirm = shape({
  'title!': text(100, ['plain_text']),
  'text!': text(300),
  'confirm!': text(30, ['plain_text']),
  'deny!': text(30, ['plain_text']),
  style: oneOf('primary', 'danger'),
});

const button = shape({
  type: anything,
  'text!': text(75, ['plain_text']),
  action_id: string(255),
  url: string(3_000),
  value: string(2_000),
  style: oneOf('primary', 'danger'),
  confirm,
  accessibility_label: string(75),
});

const option = shape({
  'text!': text(75),
  'value!': string(150),
  description: text(75, ['plain_text']),
  url: string(3_000),
});
const optionGroup = shape({ 'label!': text(75, ['plain_text']), 'options!': list(option, 100) });

const staticSelect: Check = (value, at) => {
  const problems = selectShape(value, at);
  if (problems.length > 0 || !isObject(value)) return problems;
  const offered = optionsIn(value);
  if (offered.length === 0) return [{ at, what: 'must define one of options or option_groups' }];
  const initial = value['initial_option'];
  return initial === undefined || offered.some((one) => sameOption(one, initial))
    ? []
    : [{ at: `${at}/initial_option`, what: 'must match one of the options' }];
};

const selectShape = shape({
  type: anything,
  action_id: string(255),
  placeholder: text(150, ['plain_text']),
  options: list(option, 100),
  option_groups: list(optionGroup, 100),
  initial_option: option,
  confirm,
  focus_on_load: anything,
});

const image = shape({ type: anything, 'image_url!': string(3_000), 'alt_text!': string(2_000) });

const ELEMENTS: Record<Pressable, Check> = { button, static_select: staticSelect };

/** No id twice among the elements of one block: a press could not say which it was. */
const distinctActions: Check = (value, at) => {
  const ids = (value as Json[]).map((element) => element['action_id']).filter((id) => id !== undefined);
  const again = ids.findIndex((id, index) => ids.indexOf(id) !== index);
  return again === -1 ? [] : [{ at, what: `action_id ${ids[again]} already exists for this block` }];
};

const actionElements: Check = (value, at) => {
  const problems = list(byType(ELEMENTS), 25)(value, at);
  return problems.length > 0 ? problems : distinctActions(value, at);
};

const BLOCK = { type: anything, block_id: string(255) };
const sectionShape = shape({
  ...BLOCK,
  text: text(3_000),
  fields: list(text(2_000), 10),
  accessory: byType({ ...ELEMENTS, image }),
  expand: anything,
});

const section: Check = (value, at) => {
  const { text: words, fields } = value as Json;
  return words === undefined && fields === undefined
    ? [{ at, what: 'must define one of text or fields' }]
    : sectionShape(value, at);
};

const BLOCKS: Record<string, Check> = {
  section,
  actions: shape({ ...BLOCK, 'elements!': actionElements }),
  context: shape({ ...BLOCK, 'elements!': list(byType({ plain_text: text(3_000), mrkdwn: text(3_000), image }), 10) }),
  header: shape({ ...BLOCK, 'text!': text(150, ['plain_text']) }),
  divider: shape(BLOCK),
  image: shape({ ...BLOCK, 'image_url!': string(3_000), 'alt_text!': string(2_000), title: text(2_000) }),
  rich_text: shape({ ...BLOCK, 'elements!': list(anything, 1_000, 0) }),
};

/** What Slack would find wrong with blocks, in its own words, one line each; `at` is where they stand, such as `/blocks`. */
export const problemsWith = (blocks: unknown, most: number, at: string): string[] => {
  const problems = list(byType(BLOCKS), most, 0)(blocks, at);
  const all = problems.length > 0 ? problems : distinctBlocks(blocks as Block[], at);
  return all.map(({ at: pointer, what }) => `[ERROR] ${what} [json-pointer:${pointer}]`);
};

const distinctBlocks = (blocks: Block[], at: string): Problem[] => {
  const ids = blocks.map(({ block_id: id }) => id);
  return blocks.flatMap(({ block_id: id }, index) =>
    id !== undefined && ids.indexOf(id) !== index
      ? [{ at: `${at}/${index}/block_id`, what: `\`block_id\` ${id} already exists` }]
      : [],
  );
};

const sameOption = (one: Option, other: unknown): boolean =>
  isObject(other) && one.value === other['value'] && one.text['text'] === (other['text'] as Json)['text'];
