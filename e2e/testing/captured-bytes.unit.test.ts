import { copyFile, mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GuestDisk } from '../standins/guest/disk.ts';
import { compareBytes } from './captured-bytes.ts';
import type { DiskPair } from './disk-pairs.ts';

const size = 2 ** 20;
const source = '11111111-1111-4111-8111-111111111111';
const cloned = '22222222-2222-4222-8222-222222222222';
const boot = '33333333-3333-4333-8333-333333333333';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'envclone-bytes-test-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A captured disk with `records` of its source, and a clone of it. */
async function aPair(vm: string, records: number, writesAfter: readonly string[] = []): Promise<DiskPair> {
  const captured = join(directory, `${vm}-captured`);
  await writeFile(captured, '');
  await truncate(captured, size);
  write(captured, 1, records, source);
  const clone = join(directory, `${vm}-clone`);
  await copyFile(captured, clone);
  return { vm, claim: `${vm}-root`, disk: 0, writesAfter, clone, captured };
}

function write(path: string, from: number, to: number, writer: string): void {
  const disk = new GuestDisk(path, 0);
  for (let sequence = from; sequence <= to; sequence += 1) disk.append(sequence, writer, boot);
  disk.close();
}

async function damage(path: string, offset: number): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(Buffer.from([0xff]), 0, 1, offset);
  await file.close();
}

test('a clone whose guest has gone on writing is equal to what was captured', async () => {
  const pair = await aPair('db', 20);
  write(pair.clone, 21, 25, cloned);
  const report = await compareBytes([pair]);
  expect(report.ok).toBe(true);
  expect(report.disks[0]).toMatchObject({ bytes: size, equal: true, captured: 20, added: 5 });
});

test.for([
  ['in the installed system', 5000],
  ['in the journal', 65_536 + 64],
  ['in what nobody has written', size - 1],
] as const)('one byte that differs %s is found', async ([, offset]) => {
  const pair = await aPair('db', 20);
  await damage(pair.clone, offset);
  const report = await compareBytes([pair]);
  expect(report.ok).toBe(false);
  expect(report.disks[0]).toMatchObject({ equal: false, firstDifference: offset });
});

test('a disk that nobody has written to proves nothing', async () => {
  expect((await compareBytes([await aPair('db', 0)])).ok).toBe(false);
});

test('disks that are equal one by one but not of one instant are found', async () => {
  const report = await compareBytes([await aPair('db', 10), await aPair('web', 15, ['db'])]);
  expect(report.disks.every(({ equal }) => equal)).toBe(true);
  expect(report.ok).toBe(false);
  expect(report.findings[0]?.message).toContain('has record 15, but db');
});
