/** A systemd unit as systemd reads it: sections of names, each with all its values in their order. */
export type UnitFile = Record<string, Record<string, string[]>>;

/** Reads a unit. Throws for a line that is neither a comment nor a section nor an assignment. */
export const parseUnit = (text: string): UnitFile => {
  const unit: UnitFile = {};
  let section: Record<string, string[]> = {};
  for (const line of text.split('\n')) {
    if (line === '' || /^[#;]/.test(line)) continue;
    const head = /^\[(\w+)\]$/.exec(line)?.[1];
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (head) section = unit[head] ??= {};
    else if (name) (section[name] ??= []).push(value ?? '');
    else throw new Error(`${line}: expected [Section] or Name=value`);
  }
  return unit;
};

/** The words of a value, by systemd.syntax(7) and systemd.service(5): quotes, backslashes, `%%` and, in commands, `$$`. */
export const wordsOf = (value: string): string[] =>
  [...value.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare]) => {
    const word = quoted === undefined ? (bare as string) : quoted.replace(/\\(.)/g, '$1');
    if (/%(?!%)(?<!%%)/.test(word.replaceAll('%%', ''))) throw new Error(`${word}: an unescaped specifier`);
    return word.replaceAll('%%', '%').replaceAll('$$', '$');
  });
