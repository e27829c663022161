/**
 * Replaces the AWS SDK's event streams in the bundles. Only S3 Select uses them, and we do not. They would make each bundle 15 kB larger,
 * and 5 kB more because the SDK loads them dynamically, which defeats tree-shaking.
 */
export const resolveEventStreamSerdeConfig = <T>(config: T): T => config;

/** Made for each client, whether it is used or not. */
export const eventStreamSerdeProvider = (): never => {
  throw new Error('event streams are left out of this bundle; see cdk/bundling.ts');
};

/** Never made. */
export class EventStreamSerde {}
