import { expect, test } from 'vitest';
import { decodeRecord, encodeRecord, installedSystem, type JournalRecord, seedOf } from './journal.ts';

const record: JournalRecord = {
  disk: 1,
  sequence: 2 ** 40,
  writer: '40f99539-cfd1-490f-9cdd-b002ba32e46a',
  boot: '0679f5e7-fe12-4cc3-9270-179cff8ef9a8',
};

test('a record comes back as it was written', () => {
  expect(decodeRecord(encodeRecord(record))).toEqual(record);
});

test('a record with any byte changed is none', () => {
  const bytes = encodeRecord(record);
  for (let at = 0; at < bytes.length; at += 1) {
    const torn = Buffer.from(bytes);
    torn[at] = torn[at]! ^ 0xff;
    expect(decodeRecord(torn), `byte ${at}`).toBeUndefined();
  }
});

test('a system names its seed, and another seed makes another system', () => {
  const [one, other] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)];
  expect(seedOf(installedSystem(one))).toEqual(one);
  expect(installedSystem(one)).toEqual(installedSystem(one));
  expect(installedSystem(one).subarray(4096)).not.toEqual(installedSystem(other).subarray(4096));
});

test('a blank disk has no seed', () => {
  expect(seedOf(Buffer.alloc(4096))).toBeUndefined();
});
