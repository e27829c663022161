import { expect, test } from 'vitest';
import { headingsOf, linksOf, pageText } from './pages.ts';

const readmes = { 'README.md': '## Who does what', 'README.ko.md': '## 누가 무엇을 하나' };

test.each(Object.entries(readmes))(
  'the first screen of %s is a sentence, three pictures, two commands, and who does what',
  (page, who) => {
    const text = pageText(page);
    const screen = text.slice(0, text.indexOf(who));
    expect(screen.split('\n').length).toBeLessThan(20);
    expect(linksOf(screen).filter((link) => link.endsWith('.png'))).toHaveLength(3);
    expect([...screen.matchAll(/!\[([^\]]*)\]/g)].filter(([, alt = '']) => alt.length > 20)).toHaveLength(3);
    const commands = /```sh\n(.*?)```/s.exec(screen)?.[1] ?? '';
    expect(commands.match(/^npm ci && npm (start|test)\b/gm)).toEqual(['npm ci && npm start', 'npm ci && npm test']);
  },
);

test('README.md is read in one go, and names every page of docs/ that is in its language', () => {
  const text = pageText('README.md');
  expect(text.split('\n').length).toBeLessThan(250);
  for (const page of ['configuration', 'running', 'commands', 'aws'])
    expect(linksOf(text)).toContain(`docs/${page}.md`);
});

test('both READMEs have as many chapters, so that none says less', () => {
  const [english, korean] = Object.keys(readmes).map((page) => headingsOf(pageText(page), 2));
  expect(korean).toHaveLength(english?.length ?? 0);
});
