import { describe, expect, it } from 'vitest';
import { selects } from './selectors.ts';

const labels = { app: 'db', stage: 'test' };
const expression = (
  key: string,
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist',
  ...values: string[]
) => ({
  matchExpressions: [{ key, operator, values }],
});

describe('a label selector', () => {
  it.each([
    [{}, true],
    [{ matchLabels: { app: 'db' } }, true],
    [{ matchLabels: { app: 'db', stage: 'live' } }, false],
    [expression('app', 'In', 'web', 'db'), true],
    [expression('gone', 'In', 'db'), false],
    [expression('app', 'NotIn', 'db'), false],
    [expression('gone', 'NotIn', 'db'), true],
    [expression('app', 'Exists'), true],
    [expression('gone', 'Exists'), false],
    [expression('app', 'DoesNotExist'), false],
    [expression('gone', 'DoesNotExist'), true],
    [{ matchLabels: { app: 'db' }, ...expression('gone', 'Exists') }, false],
  ])('%j selects what it should', (selector, selected) => {
    expect(selects(selector, labels)).toBe(selected);
  });

  it('that is empty selects also what has no labels', () => {
    expect(selects({})).toBe(true);
    expect(selects({ matchLabels: { app: 'db' } })).toBe(false);
  });
});
