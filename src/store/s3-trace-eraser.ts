import { type S3EraserOptions, s3Eraser } from './s3-eraser.ts';
import { traceEraser } from './trace-eraser.ts';
import type { EraseTraces } from './trace-sums.ts';

/** The right to take old traces away, on S3: all their versions. The log's policy lets the worker do it under `other/`, and nowhere else. */
export const s3TraceEraser = (options: S3EraserOptions): EraseTraces => traceEraser(s3Eraser(options));
