import v8 from "@vitest/coverage-v8";
import type { CoverageProviderModule } from "vitest/node";

/**
 * V8's coverage, switched on only in the workers that run the core's own tests: measuring slows everything in a
 * process, and the other tests are not needed to cover the core.
 */
const measured = /\/test\/(detection|golden)\//;

/** Vitest keeps a worker's task here. Without it, every worker is measured: slower, never less. */
interface Worker {
  readonly ctx?: { readonly files?: readonly { readonly filepath: string }[] };
}

function isMeasured(): boolean {
  const { __vitest_worker__: worker } = globalThis as { readonly __vitest_worker__?: Worker };
  return worker?.ctx?.files?.some(({ filepath }) => measured.test(filepath)) ?? true;
}

export default {
  ...v8,
  startCoverage: (options) => (isMeasured() ? v8.startCoverage?.(options) : undefined),
  takeCoverage: (options) => (isMeasured() ? v8.takeCoverage?.(options) : { result: [] }),
  stopCoverage: (options) => (isMeasured() ? v8.stopCoverage?.(options) : undefined),
} satisfies CoverageProviderModule;
