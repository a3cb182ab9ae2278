import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';
import { countResults } from './count-results.ts';

/** Sends the counts of a vitest run to the process that started it. */
export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    process.send?.(countResults(modules, unhandledErrors));
  }
}
