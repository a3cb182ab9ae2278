import { expect, it } from 'vitest';
import { toYaml } from './yaml.ts';

it('quotes words that Kubernetes would read as booleans', () => {
  expect(toYaml({ key: 'y', list: ['on', 'get'] })).toBe('key: "y"\nlist: ["on", get]\n');
});

it('puts short lists of plain values on one line, and all others below each other', () => {
  const long = 'x'.repeat(60);
  expect(toYaml({ objects: [{ a: 1 }], long: [long, long] })).toBe(
    `objects:\n  - a: 1\nlong:\n  - ${long}\n  - ${long}\n`,
  );
});

it('writes the same object twice rather than a reference, which CRDs may not hold', () => {
  const shared = { a: 1 };
  expect(toYaml({ one: shared, other: shared })).toBe('one:\n  a: 1\nother:\n  a: 1\n');
});
