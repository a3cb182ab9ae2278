import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';
import { countResults } from './count-results.ts';

/** Sends the counts of a vitest run to the process that started it. */
export default class CountingReporter implements Reporter {
  constructor() {
    // Who started the run was killed: nobody is left to be told.
    process.once('disconnect', () => process.exit(1));
    process.channel?.unref();
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    process.send?.(countResults(modules, unhandledErrors));
  }
}
