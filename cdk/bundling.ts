import { join } from 'node:path';

/** How a function becomes one file, in esbuild's words: here for the deployment, for the tests of what it uploads, and for the benchmark. */
export const BUNDLING = {
  bundle: true,
  platform: 'node',
  format: 'esm' as const, // The imports run in the init phase, which has a whole core.
  target: 'node24',
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  mainFields: ['module', 'main'],
  // The SDK's other ways to keys (profiles, containers …), a quarter of its code: looked for only when the environment holds none, and
  // Lambda's does. All else is in the file: the runtime's own SDK costs 45 to 80 ms more, and changes without us.
  external: ['sso', 'ini', 'process', 'web-identity', 'http']
    .map((way) => `@aws-sdk/credential-provider-${way}`)
    .concat('@smithy/credential-provider-imds'),
  // Ways of speaking that none of our calls use, 20 kB.
  alias: { '@smithy/core/event-streams': join(import.meta.dirname, '../src/host/lambda/no-event-streams.ts') },
  define: { 'process.env.NODE_ENV': '"production"' }, // Packages explain themselves at length otherwise.
  // What was written for CommonJS asks for Node's own modules by `require`.
  banner: { js: "import{createRequire as $cr}from'node:module';const require=$cr(import.meta.url);" },
} satisfies import('esbuild').BuildOptions;
