import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

// node dashboard/draw-card.ts: draws card.svg as the picture that a link to the page is shown with. Slack and its kin take no SVG. Done
// when the drawing changes, on a machine with Chromium and a Korean font; what is drawn is kept, so that a build needs neither.
const at = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({ viewport: { width: 1200, height: 630 } });
await page.setContent(`<body style="margin:0">${readFileSync(at('card.svg'), 'utf8')}</body>`);
await page.screenshot({ path: at('public/card.png') });
await browser.close();
