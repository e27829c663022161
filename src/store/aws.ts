import { Refused } from '../events/errors.ts';

/** Where a client of the AWS SDK finds its service and its keys, by the SDK's own variable names. No client of its own. */
export const awsSettings = (environment: Record<string, string | undefined>, service: 'S3' | 'SQS') => {
  const endpoint = environment[`AWS_ENDPOINT_URL_${service}`] ?? environment['AWS_ENDPOINT_URL'];
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  // A service of one's own has no region, but the SDK wants a name for one. For AWS itself a profile may name it.
  const region = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'] ?? (endpoint && 'us-east-1');
  return {
    ...(region && { region }),
    ...(endpoint && { endpoint }),
    // Without keys in the environment the SDK's chain looks for them (profiles, container and instance roles).
    ...(accessKeyId &&
      secretAccessKey && { credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } }),
  };
};

/** What the SDK says when it finds no keys, or old ones; undefined for any other error. It names profiles and commands, and no secret. */
export const refusedKeys = (error: unknown): Refused | undefined => {
  const { name = '', message = '' } = error as Partial<Error>;
  if (!/^(Credentials|Token)ProviderError$/.test(name)) return undefined;
  return new Refused(`no AWS credentials: ${message}`, { cause: error });
};
