import type { Interaction } from '../events/interaction.ts';
import { secondsOf } from '../events/timestamp.ts';
import { keys } from '../pipeline/keys.ts';
import type { Seen } from '../pipeline/seen.ts';
import { describeError, type Report } from '../setup/report.ts';
import type { Documents } from '../store/documents.ts';

/** Notes that Slack delivered something that people press or type, for `til doctor`: no setting of the app shows it. Never throws. */
export const createSeen = (documents: Documents, report: Report): ((interaction: Interaction) => Promise<void>) => {
  const known = new Set<Interaction['kind']>();
  return async ({ kind, at }) => {
    if (known.has(kind)) return;
    known.add(kind);
    try {
      const document = await documents.load<Seen>(keys.seen);
      if (document.value?.[kind]) return;
      const date = new Date(secondsOf(at) * 1000).toISOString().slice(0, 10);
      await documents.save(document, { ...document.value, [kind]: date });
    } catch (error) {
      known.delete(kind);
      report('problem', { error: describeError(error) });
    }
  };
};
