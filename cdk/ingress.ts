import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeObjects } from './acknowledge.ts';
import { BundledFunction } from './function.ts';
import { allow, WAITING } from './statements.ts';

/** Where Slack calls: with events, with what people press, and with their commands. */
const SLACK_PATHS = ['/slack/events', '/slack/interactions', '/slack/commands'];

/** What ingest needs of the others. */
export interface IngressProps {
  entry: string;
  queue: IQueue;
  log: IBucket;
  secret: ISecret;
  environment: Record<string, string>;
}

/** Where Slack calls: verify the signature, put the event on the queue, answer. It may send to one queue,
 * read one secret, and keep beside the log what the queue cannot take. */
export class Ingress extends Construct {
  readonly api: HttpApi;
  readonly ingest: BundledFunction;
  readonly accessLog: LogGroup;

  constructor(scope: Construct, id: string, { entry, queue, log, secret, environment }: IngressProps) {
    super(scope, id);
    this.ingest = new BundledFunction(this, 'Ingest', {
      entry,
      description: 'Verifies what Slack sends and queues it.',
      timeout: Duration.seconds(3), // Slack hangs up after 3 s and comes again.
      environment,
      statements: [
        allow('Queue', ['sqs:SendMessage'], [queue.queueArn]),
        allow('Secret', ['secretsmanager:GetSecretValue'], [secret.secretArn]),
        // What is too large for a message; the log's own objects are made by others.
        allow('TooLarge', ['s3:PutObject'], [log.arnForObjects(WAITING)]),
      ],
    });
    this.accessLog = new LogGroup(this, 'AccessLog', {
      // Whatever AWS delivers into any other group is written into one policy of the account's, which is full at 5,120 characters.
      logGroupName: `/aws/vendedlogs/til/${Stack.of(this).stackName}/access`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledgeObjects(this.ingest.role, log, WAITING);
    this.api = new HttpApi(this, 'Api', {
      createDefaultStage: false,
      description: 'TIL challenge: requests from Slack',
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      // Slack sends 8.3 events/s at most; retries after an outage come in bursts. Beyond that it is not Slack.
      throttle: { rateLimit: 50, burstLimit: 100 },
      accessLogSettings: { destination: new LogGroupLogDestination(this.accessLog), format: ACCESS_LOG },
    });
    const integration = new HttpLambdaIntegration('IngestIntegration', this.ingest.function);
    const routes = [
      ...SLACK_PATHS.flatMap((path) => this.api.addRoutes({ path, methods: [HttpMethod.POST], integration })),
      ...this.api.addRoutes({ path: '/healthz', methods: [HttpMethod.GET], integration }),
    ];
    for (const route of routes) {
      acknowledge(route, {
        'AwsSolutions-APIG4': 'Slack signs each request; ingest checks that before anything else.',
      });
    }
  }
}

/** Enough to find a slow or failed request again; nothing of who sent it or what was in it. */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    route: '$context.routeKey',
    status: '$context.status',
    milliseconds: '$context.responseLatency',
    error: '$context.integrationErrorMessage',
  }),
);
