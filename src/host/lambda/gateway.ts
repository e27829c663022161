import { PRIVATE_GROUPS, type Queue } from '../../queue/queue.ts';
import type { Clock } from '../../setup/clock.ts';
import type { SlackSettings } from '../../setup/environment.ts';
import { describeError, type Report } from '../../setup/report.ts';
import { healthAnswer } from '../health.ts';
import { type IngestResponse, ingest } from '../ingest.ts';
import { createRefusals } from '../refusals.ts';

/** What API Gateway passes of a request (HTTP API, payload 2.0), as far as we read it. */
export interface GatewayRequest {
  rawPath: string;
  rawQueryString?: string;
  headers: Record<string, string | undefined>;
  body?: string;
  isBase64Encoded: boolean;
  requestContext: { http: { method: string } };
}

/** What API Gateway wants to hear. */
export interface GatewayResponse {
  statusCode: number;
  headers: { 'content-type': string };
  body: string;
}

export interface GatewayPorts {
  queue: Pick<Queue, 'put'>;
  secret: () => Promise<SlackSettings>;
  clock: Clock;
  report: Report;
}

/** Answers Slack behind API Gateway as the server of one machine does. A 503 says in the log why. */
export const createGatewayHandler = ({ queue, secret, clock, report }: GatewayPorts) => {
  const refused = createRefusals(report);
  const put: Queue['put'] = async (jobs) => {
    await queue.put(jobs).catch((error: unknown) => {
      report('problem', { error: describeError(error) });
      throw error;
    });
    // One is counted for each, so that an alarm can tell when none come. Of people only that somebody did something.
    for (const { group } of jobs)
      report('accepted', { kind: group.startsWith(PRIVATE_GROUPS) ? 'interaction' : 'delivery' });
  };

  const answer = async (request: GatewayRequest): Promise<IngestResponse> => {
    const { headers, body = '', isBase64Encoded, requestContext } = request;
    const { signingSecrets, appId, teamId } = await secretOrNone(secret, report);
    return ingest(
      {
        method: requestContext.http.method,
        path: request.rawPath,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
        body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
      },
      { queue: { put }, clock, secrets: signingSecrets, appId, teamId, refused },
    );
  };

  return async (request: GatewayRequest): Promise<GatewayResponse> => {
    if (request.rawPath === '/healthz') return answerHealth(request.rawQueryString, secret, report);
    const { status, body, contentType } = await answer(request);
    if (status === 503) report('problem', { error: body });
    return { statusCode: status, headers: { 'content-type': contentType }, body };
  };
};

/** The answer of `/healthz`, as far as this function knows: without a secret it cannot hear Slack. Queue and worker have alarms of their own. */
const answerHealth = async (
  query: string | undefined,
  secret: GatewayPorts['secret'],
  report: Report,
): Promise<GatewayResponse> => {
  const isAlone = new URLSearchParams(query).has('live');
  const isDeaf = !isAlone && (await secretOrNone(secret, report)).signingSecrets.length === 0;
  const health = isAlone ? { ok: true } : healthAnswer(isDeaf ? ['socket'] : [], null);
  return {
    statusCode: isDeaf ? 503 : 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(health),
  };
};

const secretOrNone = async (secret: GatewayPorts['secret'], report: Report): Promise<SlackSettings> => {
  try {
    return await secret();
  } catch (error) {
    report('problem', { error: describeError(error) });
    return { signingSecrets: [] }; // Without a secret every request is refused.
  }
};
