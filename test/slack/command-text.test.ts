import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commandText } from '../../src/slack/command-text.ts';
import { escapeText } from '../../src/slack/text/safe.ts';

test.each([
  ['<@U0DOYUN001|doyun>', '<@U0DOYUN001>'],
  ['<@U0DOYUN001|>', '<@U0DOYUN001>'],
  ['<@U0DOYUN001>', '<@U0DOYUN001>'],
  ['<#C0TILCHAN1|til> <!subteam^S1|@all> <!here>', '<#C0TILCHAN1> <!subteam^S1> <!here>'],
  ['<https://a.example/?b=1&amp;c=2|a.example> <https://b.example>', 'https://a.example/?b=1&c=2 https://b.example'],
  ['  알림 \t\u00a0\u3000 sun\n', '알림 sun'],
  ['&amp;lt; &lt;!channel&gt;', '&lt; <!channel>'],
  ['< a > | <> &bogus; &amp', '< a > | <> &bogus; &amp'],
  [':tada:', ':tada:'],
])('%j is read as %j', (sent, read) => {
  expect(commandText(sent)).toBe(read);
});

test('what somebody types is read as they typed it, but for blanks', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('&', '<', '>', '|', '@', '#', 'amp;', 'lt;', 'U1', ' ', 'é', '한') }),
      (typed) => {
        expect(commandText(escapeText(typed))).toBe(typed.replace(/\s+/g, ' ').trim());
      },
    ),
  );
});
