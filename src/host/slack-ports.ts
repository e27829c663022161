import type { SlackSettings } from '../setup/environment.ts';
import { slackClient } from '../slack/client.ts';
import { slackReader } from '../slack/reader.ts';
import type { HostPorts } from './host.ts';

/** The ports to Slack that a token opens; none without one. */
export const slackPorts = ({ botToken: token, apiUrl }: SlackSettings): Pick<HostPorts, 'writer' | 'reader'> =>
  token ? { writer: slackClient({ token, apiUrl }), reader: slackReader({ token, apiUrl }) } : {};
