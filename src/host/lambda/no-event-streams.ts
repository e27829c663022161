/**
 * Stands in for the part of the AWS SDK that speaks in event streams, which only S3 Select does and we do not: with it each bundle is
 * 15 kB larger, and another 5 kB because the SDK loads it when it is needed, which keeps the bundler from leaving anything out.
 */
export const resolveEventStreamSerdeConfig = <T>(config: T): T => config;

/** Made for each client, whether it is used or not. */
export const eventStreamSerdeProvider = (): never => {
  throw new Error('event streams are left out of this bundle; see cdk/bundling.ts');
};

/** Never made. */
export class EventStreamSerde {}
