interface Plain {
  type: 'plain_text';
  text: string;
}

interface Option {
  text: Plain;
  value: string;
}

interface Markup {
  type: 'mrkdwn';
  text: string;
}

interface Select {
  type: 'static_select';
  action_id: string;
  initial_option: Option;
  options: Option[];
}

/** The blocks of App Home that we use. */
export type HomeBlock =
  | { type: 'divider' }
  | { type: 'context'; elements: Markup[] }
  | { type: 'section'; text: Markup; block_id?: string; accessory?: Select };

/** Text on App Home; at most 3,000 characters. */
export const sectionOf = (text: string): HomeBlock => ({ type: 'section', text: { type: 'mrkdwn', text } });

/** Small text on App Home; at most 3,000 characters. */
export const contextOf = (text: string): HomeBlock => ({ type: 'context', elements: [{ type: 'mrkdwn', text }] });

/** Something to choose, with what stands; `block` is the only one of its name in the view. What is chosen is shown in at most 75 characters. */
export const selectOf = (
  { label, block, action }: { label: string; block: string; action: string },
  values: readonly { text: string; value: string }[],
  stands: string,
): HomeBlock => {
  const options = values.map(({ text, value }): Option => ({ text: { type: 'plain_text', text }, value }));
  const initial = options.find(({ value }) => value === stands) ?? (options[0] as Option);
  return {
    type: 'section',
    block_id: block,
    text: { type: 'mrkdwn', text: label },
    accessory: { type: 'static_select', action_id: action, initial_option: initial, options },
  };
};
