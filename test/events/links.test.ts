import { describe, expect, test } from 'vitest';
import { hostAccepted, hostOf, linksOf } from '../../src/events/links.ts';

const rich = (...elements: unknown[]) => [{ type: 'rich_text', elements }];
const link = (url: string) => ({ type: 'link', url });

describe('links', () => {
  test('are found in sections, lists, quotes and code, however deep', () => {
    const blocks = rich(
      { type: 'rich_text_section', elements: [link('https://a.example/1')] },
      { type: 'rich_text_list', elements: [{ type: 'rich_text_section', elements: [link('https://a.example/2')] }] },
      { type: 'rich_text_quote', elements: [link('https://a.example/3')] },
      { type: 'rich_text_preformatted', elements: [link('https://a.example/4')] },
    );
    expect(linksOf('', blocks)).toEqual([1, 2, 3, 4].map((number) => `https://a.example/${number}`));
  });

  test('are found in the text when there is no rich text, with escapes undone once', () => {
    expect(linksOf('see <https://a.example/?a=1&amp;b=2|here> and <https://b.example>', undefined)).toEqual([
      'https://a.example/?a=1&b=2',
      'https://b.example',
    ]);
    expect(linksOf('<https://a.example/&amp;lt;>', undefined)).toEqual(['https://a.example/&lt;']);
    expect(linksOf('&lt;https://a.example&gt;', undefined)).toEqual([]);
  });

  test('are found in inline code, in sections and in cells of tables', () => {
    const code = { type: 'text', text: 'see https://a.example/1.', style: { code: true } };
    const cell = {
      type: 'rich_text',
      elements: [{ type: 'rich_text_section', elements: [link('https://a.example/2')] }],
    };
    const table = { type: 'table', rows: [[{ type: 'raw_text', text: 'https://a.example/3' }, cell]] };
    const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
    const section = {
      type: 'section',
      text: mrkdwn('<https://a.example/4|x>'),
      fields: [mrkdwn('<https://a.example/5>')],
    };
    const blocks = [...rich({ type: 'rich_text_section', elements: [code] }), table, section];
    expect(linksOf('', blocks)).toEqual([1, 3, 2, 4, 5].map((number) => `https://a.example/${number}`));
    expect(linksOf('`https://a.example/1` and `<https://a.example/2>`, not https://a.example/3', undefined)).toEqual([
      'https://a.example/1',
      'https://a.example/2',
    ]);
  });

  test('a label is no link', () => {
    expect(
      linksOf('<https://evil.example|https://velog.io/@a/b> <https://evil.example|`https://velog.io/@a/b`>'),
    ).toEqual(['https://evil.example']);
    expect(linksOf('', rich({ ...link('https://evil.example'), text: 'https://velog.io/@a/b' }))).toEqual([
      'https://evil.example',
    ]);
  });

  test('of a shared message are found if its author shares it', () => {
    const shared = { is_share: true, author_id: 'U1', text: '<https://a.example/1>' };
    expect(linksOf('', undefined, [shared], 'U1')).toEqual(['https://a.example/1']);
    expect(linksOf('', undefined, [shared], 'U2')).toEqual([]);
    expect(linksOf('', undefined, [{ ...shared, author_id: undefined }], undefined)).toEqual([]);
    expect(linksOf('', undefined, [{ ...shared, is_share: undefined }], 'U1')).toEqual([]); // A preview of something else.
  });

  test('other schemes are no links', () => {
    expect(
      linksOf('', rich(link('javascript:alert(1)'), link('mailto:a@b.example'), link('HTTPS://a.example'))),
    ).toEqual(['HTTPS://a.example']);
  });

  test('hostile blocks give an answer quickly', () => {
    let deep: unknown = link('https://a.example');
    for (let level = 0; level < 5000; level++) deep = { type: 'x', elements: [deep] };
    expect(linksOf('', rich(deep))).toEqual(['https://a.example']);
    expect(
      linksOf('', [
        { type: 'rich_text', elements: Array.from({ length: 200_000 }, (_, n) => link(`https://a.example/${n}`)) },
      ]),
    ).toHaveLength(50);
    expect(linksOf('<https://'.repeat(100_000), undefined)).toEqual([]);
    expect(linksOf('', [null, 1, 'x', { type: 'rich_text' }, { type: 'rich_text', elements: [null, [1]] }])).toEqual(
      [],
    );
  });
});

describe('hosts', () => {
  const accepted = ['velog.io', '*.github.io', 'blog.naver.com'];
  test.each([
    ['https://velog.io/@a/b', true],
    ['https://VELOG.io', true],
    ['https://velog.io./x', true],
    ['https://foo.github.io', true],
    ['https://a.b.github.io/x', true],
    ['https://github.io/x', false],
    ['https://evilgithub.io/x', false],
    ['https://evil.example/?x=velog.io/', false],
    ['https://velog.io@evil.example/', false],
    ['https://velog.io.evil.example/', false],
    ['https://evil.example#velog.io', false],
    ['https://m.blog.naver.com/a', false],
    ['not a url', false],
    ['javascript:https://velog.io', false],
  ])('%s: %s', (url, expected) => {
    const host = hostOf(url);
    expect(host !== undefined && hostAccepted(host, accepted)).toBe(expected);
  });
});
