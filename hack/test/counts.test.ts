import { describe, expect, it } from 'vitest';
import { countResults } from './count-results.ts';
import { summary } from './counts.ts';

describe('the last line of npm test', () => {
  it('says how many passed and failed', () => {
    expect(summary({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
  });

  it('says how many were skipped only where some were', () => {
    expect(summary({ passed: 1, failed: 2, skipped: 3 })).toBe('1 passed, 2 failed, 3 skipped');
  });
});

describe('countResults', () => {
  it('counts a test that never ended as failed', () => {
    const module = {
      errors: () => [],
      children: { allTests: () => [{ result: () => ({ state: 'pending' }) }], allSuites: () => [] },
    };
    expect(countResults([module], [])).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});
