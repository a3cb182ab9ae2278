import { expect, test } from 'vitest';
import { type Fault, Faults, faultMatches } from './faults.ts';

const name = 'snapshot-create-fails' as const;

test('a fault without a pattern hits everything', () => {
  expect(faultMatches({ name }, { namespace: 'any', name: 'thing' })).toBe(true);
});

test('a star stands for any characters, all else for itself', () => {
  const match = { namespace: 'prod', name: 'db-*.img' };
  const hits = (namespace: string, subject: string) =>
    faultMatches({ name, match }, { namespace, name: subject });
  expect(hits('prod', 'db-1.img')).toBe(true);
  expect(hits('prod', 'db-1ximg')).toBe(false);
  expect(hits('prod', 'my-db-1.img')).toBe(false);
  expect(hits('production', 'db-1.img')).toBe(false);
});

test('a fault hits as often as it says, then the next of its name', () => {
  const faults = new Faults();
  faults.inject({ name, times: 2, message: 'first' });
  faults.inject({ name, message: 'then' });
  const messages = Array.from({ length: 4 }, () => faults.take(name, { name: 'a' })?.message);
  expect(messages).toEqual(['first', 'first', 'then', 'then']);
});

test('looking at a fault does not use it up', () => {
  const faults = new Faults();
  faults.inject({ name, times: 1 });
  expect(faults.peek(name, { name: 'a' })).toBeDefined();
  expect(faults.take(name, { name: 'a' })).toBeDefined();
  expect(faults.peek(name, { name: 'a' })).toBeUndefined();
});

test('faults are taken back by name, or all', () => {
  const faults = new Faults();
  for (const each of [name, 'provision-fails', 'vmi-crashes'] as const) faults.inject({ name: each });
  faults.clear(name);
  expect(faults.peek(name, { name: 'a' })).toBeUndefined();
  expect(faults.peek('provision-fails', { name: 'a' })).toBeDefined();
  faults.clear();
  expect(faults.peek('vmi-crashes', { name: 'a' })).toBeUndefined();
});

test('a fault that no stand-in knows is refused', () => {
  const unknown = { name: 'earthquake' } as unknown as Fault;
  expect(() => new Faults().inject(unknown)).toThrow('no stand-in knows the fault earthquake');
});
