import type { DeliveryFault, Faults } from './faults.ts';
import { copy, type Delivery, type Envelope } from './shapes.ts';
import { createWaiting, delayBy } from './waiting.ts';

/** Who the app is, as every delivery says it. */
export interface AppIdentity {
  team: string;
  appId: string;
  botUser: string;
}

/** The deliveries that wait for their time, in order. */
export interface Outbox {
  add(event: Envelope['event']): void;
  /** Removes and gives what is due, the earliest first. */
  take(): Delivery[];
  /** When the first of the waiting is due, in ms. */
  nextAt(): number | undefined;
  size(): number;
}

/** An outbox that wraps events in Slack's envelope and lets the faults have their way with them. */
export const createOutbox = (now: () => number, faults: Faults, app: AppIdentity): Outbox => {
  const waiting = createWaiting<{ payload: Envelope }>(now);
  let eventNumber = 0;

  const nextEventId = (): string => {
    eventNumber += 1;
    return `Ev${eventNumber.toString(36).toUpperCase().padStart(9, '0')}`;
  };

  return {
    add: (event) => {
      const struck = faults.forDelivery(event.type);
      const payload = envelope(app, nextEventId(), without(event, struck));
      if (struck.some((fault) => fault.kind === 'dropped')) return;
      const dueAt = now() + delayBy(struck, faults);
      waiting.put({ payload }, dueAt);
      for (const fault of struck) {
        if (fault.kind !== 'doubled') continue;
        for (let number = 1; number <= (fault.copies ?? 1); number += 1) {
          const again = fault.newEventId ? { ...copy(payload), event_id: nextEventId() } : copy(payload);
          waiting.put({ payload: again }, dueAt + number * (fault.afterMilliseconds ?? 0));
        }
      }
    },
    take: waiting.take,
    nextAt: waiting.nextAt,
    size: waiting.size,
  };
};

/** `previous_message` may be absent in real deliveries. */
const without = (event: Envelope['event'], struck: DeliveryFault[]): Envelope['event'] => {
  if (!struck.some((fault) => fault.kind === 'without-previous')) return event;
  const { previous_message: _, ...rest } = event;
  return rest as Envelope['event'];
};

const envelope = (app: AppIdentity, eventId: string, event: Envelope['event']): Envelope => ({
  token: 'deprecated-do-not-trust',
  team_id: app.team,
  context_team_id: app.team,
  context_enterprise_id: null,
  api_app_id: app.appId,
  event: copy(event),
  type: 'event_callback',
  event_id: eventId,
  event_time: Math.floor(Number(event.event_ts)),
  authorizations: [
    { enterprise_id: null, team_id: app.team, user_id: app.botUser, is_bot: true, is_enterprise_install: false },
  ],
  is_ext_shared_channel: false,
  event_context: `4-${eventId.toLowerCase()}`,
});
