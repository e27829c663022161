import { sqsClient } from '../../../src/queue/sqs.ts';

/** Stands in for the real entry point where a test needs the stack but not its work. */
export const handler = async (): Promise<string> => await sqsClient({ AWS_REGION: 'ap-northeast-2' }).config.region();
