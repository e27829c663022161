import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandsOf } from '../support/program.ts';

const page = readFileSync('docs/commands.md', 'utf8');

/** The table as the commands themselves would write it. */
const table = (): string => {
  const rows = commandsOf().map((command) => {
    const options = command.options
      .filter(({ long }) => !['--config', '--json', '--lang'].includes(long ?? ''))
      .map(({ flags }) => `\`${flags}\``)
      .join(' ');
    const takes = command.registeredArguments
      .map((argument) => ` ${argument.required ? `<${argument.name()}>` : `[${argument.name()}]`}`)
      .join('');
    return `| \`${command.name()}${takes}\` | ${command.description()} | ${options} |`;
  });
  return ['| command | what it does | options |', '| --- | --- | --- |', ...rows]
    .join('\n')
    .replaceAll('<', '&lt;')
    .replace(/`([^`]*)`/g, (code) => code.replaceAll('&lt;', '<').replaceAll('|', '\\|'));
};

test("the page of commands says what the commands' own help says", () => {
  const written = /<!-- commands -->\n([\s\S]*?)\n<!-- \/commands -->/.exec(page)?.[1];
  expect(written).toBe(table());
});
