import { expect, test } from 'vitest';
import { readJournal } from './consistency.ts';
import { TestLab } from './testing.ts';

test('a guest on a blank disk installs its system and writes from 1', () => {
  using lab = new TestLab();
  lab.boot('db');
  lab.ticks(3);
  const journal = readJournal(lab.disk('db'));
  expect(journal).toMatchObject({ intact: true, seed: expect.any(String) });
  expect(journal.records.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
});

test('a guest on a written disk goes on where it ends, under another boot id', () => {
  using lab = new TestLab();
  const first = lab.boot('db');
  lab.ticks(2);
  lab.fleet.remove(first);
  first.stop();
  lab.boot('db');
  lab.ticks(1);
  const { records } = readJournal(lab.disk('db'));
  expect(records.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  expect(records[2]!.boot).not.toBe(records[1]!.boot);
});

test('a guest does not write before those that it follows', () => {
  using lab = new TestLab();
  lab.boot('api', 1, ['db']);
  lab.ticks(5);
  expect(readJournal(lab.disk('api')).records).toEqual([]);
  const db = lab.boot('db');
  lab.ticks(5);
  expect(readJournal(lab.disk('api')).records.length).toBeLessThanOrEqual(db.written);
  expect(readJournal(lab.disk('api')).records.length).toBeGreaterThan(0);
});

test('a guest that may not write leaves its disks alone', () => {
  using lab = new TestLab();
  const guest = lab.boot('db');
  lab.fleet.setWriting(guest, false);
  lab.ticks(5);
  expect(guest.written).toBe(0);
});

test('a guest whose disk is full stops writing, and others go on', () => {
  using lab = new TestLab();
  const guest = lab.boot('db');
  lab.ticks(20_000);
  expect(guest.written).toBe(((1 << 20) - 65_536) / 64);
  const other = lab.boot('queue');
  lab.ticks(2);
  expect(other.written).toBeGreaterThan(0);
});
