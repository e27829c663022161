import type { Clock } from '../setup/clock.ts';
import { createClockCheck } from '../setup/clock-check.ts';
import type { SlackSettings } from '../setup/environment.ts';
import { createTalk } from '../slack/can-talk.ts';
import { slackReader } from '../slack/reader.ts';
import { responseUrlAnswers } from '../slack/response-url.ts';
import { askSlack, type TransportOptions } from '../slack/transport.ts';
import { slackWriter } from '../slack/writer.ts';
import type { HostPorts } from './host.ts';

/** Who asks what time it is may be a delivery, and Slack waits 3 s for its answer. */
const ASK_MILLISECONDS = 2_000;

/** The ports to Slack that a token opens, and what their answers say of this machine's clock and of the app's rights. Without one, people can still be answered. */
export const slackPorts = (
  { botToken: token, apiUrl }: SlackSettings,
  clock: Clock,
): Pick<HostPorts, 'writer' | 'reader' | 'clockCheck' | 'sendAnswer' | 'canTalk' | 'needsReinstall'> => {
  if (!token) return { sendAnswer: responseUrlAnswers({ apiUrl, now: clock.now }) };
  const clockCheck = createClockCheck(clock, () => ask());
  const { hear: hearScopes, canTalk, needsReinstall } = createTalk();
  const options: TransportOptions = { token, ...(apiUrl ? { apiUrl } : {}), watch: clockCheck.watch, hearScopes };
  const ask = askSlack({ ...options, timeoutMilliseconds: ASK_MILLISECONDS });
  return {
    writer: slackWriter(options),
    reader: slackReader(options),
    clockCheck,
    sendAnswer: responseUrlAnswers({ apiUrl, now: clockCheck.clock.now }),
    canTalk,
    needsReinstall,
  };
};
