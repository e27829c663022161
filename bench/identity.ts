import { createHash } from 'node:crypto';
import { createSampleWorkspace, SAMPLE } from '../src/sandbox/sample.ts';
import { createSeason } from '../src/sandbox/season.ts';
import type { Bucket } from '../src/store/bucket.ts';
import { createBot } from '../test/support/bot.ts';
import { challengeWith, contents, createWorld } from '../test/support/world.ts';

// Prints a digest of all that a season leaves: log, ledgers and snapshots, and what the bot has said. Run on two commits, it shows whether
// anything has changed. Nothing here depends on the time of day or on chance.

const digest = async (bucket: Bucket): Promise<string> => {
  const all = await contents(bucket);
  const hash = createHash('sha256');
  for (const key of Object.keys(all).sort()) hash.update(`${key}\n${all[key]}\n`);
  return `${hash.digest('hex').slice(0, 16)} (${Object.keys(all).length} objects)`;
};

/** The demo's season of 20 weeks, heard and counted. */
const demo = async (): Promise<void> => {
  const now = Date.parse('2026-11-25T12:00:00+09:00');
  let time = now;
  const workspace = createSampleWorkspace(() => time);
  createSeason(workspace, (milliseconds) => (time = milliseconds), now).play(now);
  time = now + 86_400_000;
  const world = createWorld(challengeWith({ channel: SAMPLE.channel, admins: ['U0ADMIN001'] }));
  const payloads = workspace.take().map(({ payload }) => payload);
  for (let from = 0; from < payloads.length; from += 10) await world.deliver(...payloads.slice(from, from + 10));
  process.stdout.write(`demo   log ${await digest(world.log)}  state ${await digest(world.state)}\n`);
};

/** Two months in virtual time, in which the bot posts, announces, tells, corrects and closes. */
const story = async (): Promise<void> => {
  const bot = createBot({ startsAt: '2024-08-05T09:00:00+09:00' });
  const day = 86_400_000;
  const first = Date.parse('2024-08-05T09:30:00+09:00');
  for (let week = 0; week < 6; week++) {
    const monday = first + week * 7 * day;
    await bot.pass((monday - bot.clock.now()) / 1000);
    if (week === 4) await bot.tick('month.result', new Date(monday - 600_000));
    await bot.tick('week.open', new Date(monday));
    const mine = await bot.reply('U0MINSEO01', `https://velog.io/@minseo/${week}`, `글 ${week}`);
    const theirs = await bot.reply('U0JIHO0001', week % 2 ? '아직 못 썼어요' : `https://jiho.github.io/${week}`);
    await bot.like('U0JIHO0001', mine);
    await bot.like('U0SEOYEON1', mine, 'thumbsup');
    await bot.like('U0SEOYEON1', theirs);
    if (week === 2) await bot.unlike('U0SEOYEON1', mine, 'thumbsup');
    if (week === 3) bot.workspace.remove({ user: 'U0JIHO0001', channel: SAMPLE.channel, ts: theirs });
    await bot.settle();
  }
  await bot.pass(3600);
  const said = [...bot.everything(), ...bot.told('U0MINSEO01'), ...bot.hinted('U0JIHO0001')].join('\n');
  const words = createHash('sha256').update(said).digest('hex').slice(0, 16);
  process.stdout.write(`story  log ${await digest(bot.log)}  state ${await digest(bot.state)}  said ${words}\n`);
};

await demo();
await story();
