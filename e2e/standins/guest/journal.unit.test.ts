import { expect, test } from 'vitest';
import {
  DEFAULT_SYSTEM,
  decodeRecord,
  encodeRecord,
  installation,
  installedOn,
  type JournalRecord,
} from './journal.ts';

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

test('a disk names its seed and its system, and another seed makes another installation', () => {
  const [one, other] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)];
  const system = { boots: true, agent: false, servesAfterSeconds: 20, servesEveryPort: false };
  expect(installedOn(installation(one, system))).toEqual({ seed: one, system });
  expect(installation(one, system)).toEqual(installation(one, system));
  expect(installation(one, system).subarray(4096)).not.toEqual(installation(other, system).subarray(4096));
});

test('nothing is installed on a blank disk, nor on one whose header is torn', () => {
  expect(installedOn(Buffer.alloc(4096))).toBeUndefined();
  const torn = installation(Buffer.alloc(16, 1), DEFAULT_SYSTEM);
  torn[33] = 0xff;
  expect(installedOn(torn)).toBeUndefined();
});
