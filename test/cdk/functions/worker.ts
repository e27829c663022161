import { s3Client } from '../../../src/store/s3.ts';

/** Stands in for the real entry point where a test needs the stack but not its work. */
export const handler = async (): Promise<string> => await s3Client({ AWS_REGION: 'ap-northeast-1' }).config.region();
