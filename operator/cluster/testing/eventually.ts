import { expect } from 'vitest';

/** Expects something of what is read, sooner or later; the machine may be busy. */
export function eventually<T>(read: () => T) {
  return expect.poll(read, { timeout: 20_000, interval: 10 });
}
