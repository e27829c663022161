import { expect, test } from 'vitest';
import { commandsOf } from '../support/program.ts';
import { pages, pageText } from './pages.ts';

const TOLD = /(?:`|\$ |-- |npx |run --rm )til(?: --)? ([a-z][a-z-]*)(?=[ `\n])|npm run --silent til -- ([a-z][a-z-]*)/g;

test('every command that the documents tell to call is one', () => {
  const commands = commandsOf().map((command) => command.name());
  const told = pages()
    .filter((page) => !/^(DESIGN|CHANGELOG)/.test(page)) // They also name what is no more.
    .flatMap((page) => [...pageText(page).matchAll(TOLD)].map(([, a, b]) => ({ page, command: a ?? b ?? '' })));
  expect(told.length).toBeGreaterThan(150);
  // `/til plan` and its kin are Slack's, and have a slash.
  expect(told.filter(({ command }) => !commands.includes(command))).toEqual([]);
});
