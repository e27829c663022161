import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sampleSnapshots } from './sample-snapshots.ts';

// node test/support/write-snapshots.ts FOLDER [MEMBERS] [WEEKS]: a made-up season's snapshots as files, to look at or to serve.
const [folder = 'build/sample', members = '28', weeks = '19'] = process.argv.slice(2);
const snapshots = sampleSnapshots({ members: Number(members), weeks: Number(weeks) });

for (const [address, snapshot] of snapshots) {
  const path = join(folder, 'snapshots', address);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(snapshot));
}
process.stdout.write(`${snapshots.size} snapshots in ${folder}\n`);
