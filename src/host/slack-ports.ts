import type { SlackSettings } from '../setup/environment.ts';
import { slackReader } from '../slack/reader.ts';
import { slackWriter } from '../slack/writer.ts';
import type { HostPorts } from './host.ts';

/** The ports to Slack that a token opens; none without one. */
export const slackPorts = ({ botToken: token, apiUrl }: SlackSettings): Pick<HostPorts, 'writer' | 'reader'> =>
  token ? { writer: slackWriter({ token, apiUrl }), reader: slackReader({ token, apiUrl }) } : {};
