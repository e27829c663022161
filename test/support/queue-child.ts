// Works on a local queue from a process of its own: put ROOT NAME | one ROOT NAME | take ROOT | hold ROOT |
// fill ROOT NAME
import { openLocalQueue } from '../../src/queue/local.ts';

const [mode = '', root = '', name = ''] = process.argv.slice(2);
const queue = openLocalQueue(root);

/** Puts more than it will have time for, in as many groups as callers, and prints what has been acknowledged. */
const put = async (caller: number): Promise<void> => {
  for (let at = 0; at < 200; at += 1) {
    const id = `${name}-${caller}-${at}`;
    await queue.put([{ id, group: `${name}-${caller}`, body: `${id} `.repeat(50) }]);
    console.log(`put ${id}`);
  }
};

/** Puts until it is refused, and says what was acknowledged and how it was refused. */
const fill = async (): Promise<void> => {
  for (let at = 0; ; at += 1) {
    const id = `${name}-${at}`;
    try {
      await queue.put([{ id, group: 'g', body: `body of ${id} `.repeat(40) }]);
      console.log(`put ${id}`);
    } catch (error) {
      console.log(`refused ${(error as { code?: string }).code} ${String(error)}`);
      return;
    }
  }
};

/** Takes one job, says so, and waits for its end. */
const take = async (): Promise<void> => {
  const [job] = await queue.take(1, 5);
  console.log(`took ${job?.id} ${job?.received}`);
};

if (mode === 'put') await Promise.all([0, 1, 2, 3].map(put));
if (mode === 'fill') await fill();
if (mode === 'one') await queue.put([{ id: name, group: 'g', body: name }]);
if (mode === 'take') await take();
if (mode === 'hold') {
  await queue.openTaker();
  console.log('holding');
}
if (mode === 'put' || mode === 'take' || mode === 'hold') setInterval(() => undefined, 1000);
