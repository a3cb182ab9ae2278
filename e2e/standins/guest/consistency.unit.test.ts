import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkCut, compareWithSnapshot, journalBefore, readJournal } from './consistency.ts';
import { TestLab } from './testing.ts';

test('disks copied at one instant are a consistent cut, whenever that is', () => {
  using lab = new TestLab();
  lab.boot('db', 2);
  lab.boot('api', 1, ['db']);
  for (let instant = 0; instant < 20; instant += 1) {
    lab.ticks(1);
    const cut = lab.cut([
      ['db', 0, lab.snapshot('db', 0)],
      ['db', 1, lab.snapshot('db', 1)],
      ['api', 0, lab.snapshot('api')],
    ]);
    expect(checkCut(cut)).toEqual([]);
  }
});

test('a VM that has what the VM before it has not yet is no cut', () => {
  using lab = new TestLab();
  lab.boot('db');
  lab.boot('api', 1, ['db']);
  lab.ticks(5);
  const early = lab.snapshot('db');
  lab.ticks(5);
  const cut = lab.cut([
    ['db', 0, early],
    ['api', 0, lab.snapshot('api')],
  ]);
  expect(checkCut(cut)).toMatchObject([
    { vm: 'api', message: expect.stringContaining('db, which writes first') },
  ]);
});

test.each([
  [0, 1],
  [1, 0],
])('two disks of a VM copied one after the other are no cut (%i before %i)', (first, second) => {
  using lab = new TestLab();
  lab.boot('db', 2);
  lab.ticks(3);
  const early = lab.snapshot('db', first);
  lab.ticks(3);
  const cut = lab.cut([
    ['db', first, early],
    ['db', second, lab.snapshot('db', second)],
  ]);
  expect(checkCut(cut)).toHaveLength(1);
});

test('a damaged system is found', () => {
  using lab = new TestLab();
  lab.boot('db');
  lab.ticks(2);
  const copy = lab.snapshot('db');
  overwrite(copy, 10_000, flipped);
  expect(checkCut(lab.cut([['db', 0, copy]]))).toMatchObject([
    { message: expect.stringContaining('damaged') },
  ]);
});

test('a clone whose guest has written on equals its snapshot up to the captured end', () => {
  using lab = new TestLab();
  const guest = lab.boot('db');
  lab.ticks(4);
  const snapshot = lab.snapshot('db');
  lab.ticks(3);
  expect(compareWithSnapshot(lab.disk('db'), snapshot)).toMatchObject({ equal: true, recordsAfter: 3 });
  const before = journalBefore(readJournal(lab.disk('db')), 'somebody else');
  expect(before.records).toHaveLength(guest.written);
});

test.each([
  ['in the system', 10_000],
  ['in the records', 65_536 + 70],
  ['behind the records', 900_000],
])('a difference %s is found at its offset', (_where, offset) => {
  using lab = new TestLab();
  lab.boot('db');
  lab.ticks(4);
  const snapshot = lab.snapshot('db');
  overwrite(lab.disk('db'), offset, flipped);
  expect(compareWithSnapshot(lab.disk('db'), snapshot)).toMatchObject({
    equal: false,
    firstDifference: offset,
  });
});

test('a clone of a disk that was blank may hold anything that a first boot writes', () => {
  using lab = new TestLab();
  lab.boot('db').stop();
  const blank = lab.snapshot('db');
  overwrite(blank, 0, () => 0, 65_536);
  expect(compareWithSnapshot(lab.disk('db'), blank)).toMatchObject({ equal: true, capturedEnd: 0 });
});

function overwrite(path: string, offset: number, change: (byte: number) => number, length = 1): void {
  const descriptor = openSync(path, 'r+');
  const bytes = Buffer.alloc(length);
  readSync(descriptor, bytes, 0, length, offset);
  writeSync(descriptor, bytes.map(change), 0, length, offset);
  closeSync(descriptor);
}

function flipped(byte: number): number {
  return byte ^ 0xff;
}
