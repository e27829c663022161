import type { ClockCheck } from '../setup/clock-check.ts';
import type { Alarm } from './alarm.ts';

/**
 * Says whether anything may be decided by this machine's clock for ever: Slack has answered, and it is not wrong. The admins are told
 * once each time that it goes wrong.
 */
export type IsTimeRight = () => Promise<boolean>;

/** Watches over the time by which the schedule goes. */
export const createTimekeeper = (clockCheck: ClockCheck, alarm: Alarm): IsTimeRight => {
  let told = false;
  return async () => {
    if (!(await clockCheck.look())) return false;
    const isWrong = clockCheck.isWrong();
    if (isWrong && !told) await alarm('clock-wrong', describeDifference(clockCheck.differenceSeconds()));
    told = isWrong;
    return !isWrong;
  };
};

/** How far a clock is off, in words that stay the same for a while: what is said once is not said again. */
export const describeDifference = (seconds: number): string => {
  const [unit, size] = ([['days', 86_400] as const, ['hours', 3600] as const] as const).find(
    ([, size]) => Math.abs(seconds) >= 2 * size,
  ) ?? ['minutes', 60];
  return `this machine's clock is ${Math.round(Math.abs(seconds) / size)} ${unit} ${seconds < 0 ? 'behind' : 'ahead of'} Slack's`;
};
