import { RemovalPolicy } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** Slack's secrets. Empty at first, and ingest answers 503 until somebody fills them in: never open without one. */
export class Secrets extends Construct {
  readonly slack: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.slack = new Secret(this, 'Slack', {
      description:
        'TIL challenge: SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET (several, comma-separated, while one is replaced).',
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ SLACK_BOT_TOKEN: '', SLACK_SIGNING_SECRET: '' }),
        generateStringKey: 'unused', // CloudFormation can only make a secret with something generated in it.
      },
      removalPolicy: RemovalPolicy.DESTROY, // Secrets Manager keeps it for 30 days more.
    });
    acknowledge(this.slack, { 'AwsSolutions-SMG4': 'Slack gives these by hand: RUNBOOK.md, "Replace a secret".' });
  }
}
