/** How many checks and tests there were, by how they ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const none: Counts = { passed: 0, failed: 0, skipped: 0 };

export function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** The line that ends the output of `npm test`. */
export function summary({ passed, failed, skipped }: Counts): string {
  const base = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${base}, ${skipped} skipped` : base;
}
