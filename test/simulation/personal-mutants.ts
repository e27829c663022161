import type { EventOf } from '../../src/events/catalog.ts';
import { kinds } from '../../src/handlers/kinds.ts';
import { type Decider, deciders, type PersonalScene } from '../../src/handlers/personal.ts';
import { ledger } from '../../src/projections/ledger-fold.ts';
import { PERSONAL_KINDS, type PersonalKind } from '../../src/projections/month-rows.ts';
import type { SeasonPerson } from '../../src/projections/season-people.ts';
import { parseJob } from '../../src/queue/jobs.ts';
import type { Mutant } from './mutants.ts';
import { type On, patched } from './patch.ts';
import { kindOf } from './personal-told.ts';

/** Lets some kinds be decided about people who are not quite who they are; the call gives the way back. */
const seenAs =
  (some: readonly PersonalKind[], as: (scene: PersonalScene) => Partial<SeasonPerson>): Mutant['patch'] =>
  () => {
    const table = deciders as Record<PersonalKind, Decider>;
    const before = { ...table };
    for (const kind of some)
      table[kind] = (scene) => before[kind]({ ...scene, person: { ...scene.person, ...as(scene) } });
    return () => Object.assign(table, before);
  };

const untold = (): Partial<SeasonPerson> => ({ told: [] });

/** Three hours become thirty. */
const lastingLong: Mutant['patch'] = () => {
  const table = kinds as unknown as Record<PersonalKind, { lasts: { hours: number } }>;
  const before = PERSONAL_KINDS.map((kind) => [kind, table[kind].lasts] as const);
  for (const kind of PERSONAL_KINDS) table[kind].lasts = { hours: 30 };
  return () => {
    for (const [kind, lasts] of before) table[kind].lasts = lasts;
  };
};

const own = { ...(ledger.on as unknown as On) };

/** Whether a job is for a message to one of some people alone. */
const isFor = (body: string, users: RegExp): boolean => {
  const job = parseJob(body);
  return job?.kind === 'effect' && kindOf(job.effect) !== undefined && users.test(job.effect);
};

/** The safeguards of what is said to one person alone, each switched off. */
export const PERSONAL_MUTANTS: Mutant[] = [
  {
    name: 'after it is switched off nothing more is said',
    within: 20,
    says: /after it was switched off/,
    patch: seenAs(PERSONAL_KINDS, () => ({ settings: new Map() })),
  },
  {
    name: 'two reminders in a lapse, and no more',
    within: 20,
    says: /one remind too many/,
    patch: seenAs(['remind'], untold),
  },
  { name: 'one note in a lapse, and no more', within: 20, says: /one note too many/, patch: seenAs(['note'], untold) },
  {
    name: 'one first step for ever',
    within: 30,
    says: /one firststep too many/,
    patch: seenAs(['firststep'], untold),
  },
  {
    name: 'one thing a day',
    within: 40,
    says: /more than one (thing )?a day/,
    patch: patched(['effect.delivered'], (kind) => (state, event) => {
      const delivered = event as EventOf<'effect.delivered'>;
      const at = `${Number(delivered.at.split('.')[0]) - 86_400}.000000`;
      own[kind]?.(state, (kindOf(delivered.effect) ? { ...delivered, at } : delivered) as never);
    }),
  },
  {
    name: 'it is day where somebody lives',
    within: 10,
    says: /something at night/,
    patch: patched(['profile.seen'], (kind) => (state, event) => {
      const { tz: _, ...profile } = event as EventOf<'profile.seen'>;
      own[kind]?.(state, profile as never);
    }),
  },
  {
    name: 'after three hours it is too late',
    within: 10,
    says: /was not sent in its time/,
    patch: lastingLong,
  },
  {
    name: 'in a week of rest nothing is said',
    within: 10,
    says: /in a week of rest/,
    patch: patched(['week.rested'], () => () => {}),
  },
  {
    name: 'an attempt that is unclear does not end its own message',
    within: 20,
    says: /was skipped as no longer true, and was true/,
    patch: seenAs(['remind', 'note'], ({ person, slot }) => ({
      told: person.told.map((each) => (each.week === slot.week ? { ...each, week: '2024-W00' } : each)),
    })),
  },
  {
    name: 'what is due is asked for',
    within: 10,
    says: /was due, and neither sent nor skipped/,
    reach: (reach) => ({
      ...reach,
      queue: { ...reach.queue, put: (jobs) => reach.queue.put(jobs.filter(({ body }) => !isFor(body, /U0MEMBER02/))) },
    }),
  },
];
