import type { Counts } from './counts.ts';

/** What of vitest's results is looked at; its TestModule fits. */
export interface ModuleResults {
  errors(): readonly unknown[];
  readonly children: {
    allTests(): Iterable<{ result(): { readonly state: string } }>;
    allSuites(): Iterable<{ errors(): readonly unknown[] }>;
  };
}

/**
 * Counts a run. An error outside of tests is a failure of its own: in a file that could not be read, in a
 * hook of a suite, or one that nobody caught. So is a test that never ended.
 */
export function countResults(modules: readonly ModuleResults[], unhandledErrors: readonly unknown[]): Counts {
  const states = modules.flatMap((module) =>
    [...module.children.allTests()].map((test) => test.result().state),
  );
  const passed = states.filter((state) => state === 'passed').length;
  const skipped = states.filter((state) => state === 'skipped').length;
  const failed = states.length - passed - skipped + errorsOutsideTests(modules) + unhandledErrors.length;
  // A run without tests would pass whatever is broken.
  return { passed, skipped, failed: passed + failed + skipped === 0 ? 1 : failed };
}

function errorsOutsideTests(modules: readonly ModuleResults[]): number {
  return modules
    .flatMap((module) => [module, ...module.children.allSuites()])
    .reduce((count, holder) => count + holder.errors().length, 0);
}
