import { type AfterMisses, BASELINES } from '../history/after-misses.ts';
import { type Measured, type Measurement, measure } from '../history/measure.ts';
import { neededInEachArm, type Share } from '../history/proportions.ts';
import { rehearse, totalsOf } from '../history/rehearse.ts';
import { eventsOf, peopleAfter } from '../history/walk.ts';
import type { Challenge } from '../projections/challenge.ts';
import { systemClock } from '../setup/clock.ts';
import { openHistory, requireLog } from './history.ts';
import { type AddCommand, chosenOne, optionsOf, printable, type Shell, table } from './shell.ts';

interface EffectOptions {
  channel?: string;
}

export const effectCommand: AddCommand = (program, shell) => {
  program
    .command('effect')
    .description('measures what reminders, notes, come-backs and first steps did, or says why it cannot be measured')
    .option('--channel <id>', 'the challenge; needed where there are several')
    .addHelpText(
      'after',
      `
Counts, of each kind, what was told, switched off, skipped and held out, who wrote afterwards, and how many switched something off within
seven days of it. What a message does shows only beside people who did not get it: notify.holdout says which part of them is held out.
Intervals are Newcombe's, at 95 %. Writes nothing.

Example:
  til effect
`,
    )
    .action(async (_options, command) => {
      const options = optionsOf<EffectOptions>(command);
      const history = await openHistory(shell, options);
      await requireLog(shell, history, options);
      const challenge = chosenOne(history.settings, options.channel);
      const events = await eventsOf(challenge, history.log);
      const measurement = measure(challenge, peopleAfter(challenge, events), events, systemClock.now() / 1000);
      const patience = patienceOf(
        challenge,
        measurement,
        () => totalsOf(rehearse(challenge, events).messages).totals.remind,
      );
      if (options.json) shell.out(`${JSON.stringify(forPrograms(challenge, measurement, patience))}\n`);
      else tell(shell, challenge, measurement, patience);
    });
};

/** What a rise is that is worth finding: from the part of reminded people who write anyway, by ten points. */
const [BASE, PLUS] = [0.48, 0.1];
/** With as many held out as told, it takes the least time. */
const HALF = 0.5;

/** How long it takes to see what reminders do. */
interface Patience {
  inEachArm: number;
  remindersAWeek: number;
  /** By holding out so many. */
  holdout: number;
  /** Undefined where there are no reminders. */
  weeks: number | undefined;
}

/** `rehearsed` counts the reminders that there would have been; it is asked only where there were none. */
const patienceOf = (
  { notify }: Challenge,
  { kinds: { remind }, weeks, weeksOfReminders }: Measurement,
  rehearsed: () => number,
): Patience => {
  const real = remind.told + remind.held;
  const remindersAWeek = real > 0 ? real / weeksOfReminders : weeks > 0 ? rehearsed() / weeks : 0;
  const holdout = notify.holdout > 0 ? notify.holdout : HALF;
  const inEachArm = neededInEachArm(BASE, PLUS);
  const smaller = remindersAWeek * Math.min(holdout, 1 - holdout);
  return { inEachArm, remindersAWeek, holdout, weeks: smaller > 0 ? Math.ceil(inEachArm / smaller) : undefined };
};

const wasHeldOut = ({ kinds }: Measurement): boolean => Object.values(kinds).some(({ held }) => held > 0);

/** Said where nobody was held out; in Korean for those who read that. */
const noEffect = ({ locale }: Challenge): string =>
  locale === 'ko'
    ? '아무도 보류하지 않았으므로 이 숫자는 효과가 아니에요. (Nobody was held out, so this is no effect.)'
    : 'Nobody was held out, so this is no effect.';

const forPrograms = (challenge: Challenge, measurement: Measurement, patience: Patience) => ({
  channel: challenge.channel,
  holdout: challenge.notify.holdout,
  kinds: Object.fromEntries(
    Object.entries(measurement.kinds).map(([kind, measured]) => [
      kind,
      { ...measured, difference: measured.difference ?? null, optOutsPer100: perHundred(measured) ?? null },
    ]),
  ),
  interval: 'newcombe',
  ...(wasHeldOut(measurement) ? {} : { says: noEffect(challenge) }),
  needed: { ...patience, from: BASE, plus: PLUS, weeks: patience.weeks ?? null },
  afterMisses: { here: measurement.afterMisses, ...BASELINES },
});

const perHundred = ({ optOuts, told }: Measured): number | undefined =>
  told === 0 ? undefined : (100 * optOuts) / told;

const ofAll = ({ wrote, of }: Share): string => (of === 0 ? '-' : `${wrote}/${of} (${percent(wrote / of)})`);
const percent = (part: number): string => `${Math.round(part * 100)} %`;
const points = (part: number): string => `${part < 0 ? '' : '+'}${Math.round(part * 100)}`;

const differenceIn = ({ difference }: Measured): string =>
  difference
    ? `${points(difference.difference)} points (95 % from ${points(difference.low)} to ${points(difference.high)})`
    : '-';

const tell = (shell: Shell, challenge: Challenge, measurement: Measurement, patience: Patience): void => {
  shell.out(`# ${printable(challenge.name)} (${challenge.channel})\n`);
  shell.out(
    table([
      [
        '',
        'told',
        'off',
        'skipped',
        'held out',
        'wrote within 24 h',
        'wrote in time',
        'held out: in time',
        'difference',
        'opt-outs per 100',
      ],
      ...Object.entries(measurement.kinds).map(([kind, measured]) => [
        kind,
        measured.told,
        measured.off,
        measured.skipped,
        measured.held,
        ofAll(measured.within24Hours),
        ofAll(measured.byDeadline),
        ofAll(measured.heldByDeadline),
        differenceIn(measured),
        perHundred(measured)?.toFixed(1) ?? '-',
      ]),
    ]),
  );
  if (!wasHeldOut(measurement)) shell.out(`${noEffect(challenge)}\n`);
  shell.out(`\n${inPatience(patience)}\n\n`);
  tellMisses(shell, measurement.afterMisses);
};

const inPatience = ({ inEachArm, remindersAWeek, holdout, weeks }: Patience): string =>
  `To see ${PLUS * 100} points more than ${percent(BASE)} takes ${inEachArm} reminders in each arm; a season of eleven writers gives about 25. ` +
  (weeks === undefined
    ? 'Here there is none yet.'
    : `Here, with ${remindersAWeek.toFixed(1)} a week and ${percent(holdout)} held out, that is ${weeks} weeks.`);

const tellMisses = (shell: Shell, here: AfterMisses): void => {
  const { original, studyGroup } = BASELINES;
  const ofStudyGroup = (misses: keyof AfterMisses): string => {
    const { part, of } = studyGroup[misses];
    return `${percent(part)}${of ? ` (of ${of})` : ''}`;
  };
  shell.out(
    table([
      ['weeks missed before', 'wrote, here', "the original's season", 'a Korean study group'],
      ...(['0', '1', '2+'] as const).map((misses) => [
        misses,
        ofAll(here[misses]),
        ofAll(original[misses]),
        ofStudyGroup(misses),
      ]),
    ]),
  );
};
