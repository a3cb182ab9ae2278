/** Whether the disks of a clone are, byte for byte, those of its source at one instant: read from the disks themselves. */
import { constants } from 'node:fs';
import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCut, compareWithSnapshot, type Finding, readJournal } from '../standins/guest/consistency.ts';
import type { DiskPair } from './disk-pairs.ts';

export interface DiskResult {
  readonly pair: DiskPair;
  /** Bytes of the whole disk, all of which were compared. */
  readonly bytes: number;
  /** What was captured lies in the clone at the same place, and beyond it only what the clone's guest wrote. */
  readonly equal: boolean;
  /** Offset in bytes. */
  readonly firstDifference?: number;
  /** Records of the source's guest on the captured disk. */
  readonly captured: number;
  /** Records that the clone's guest has added since. */
  readonly added: number;
}

export interface BytesReport {
  readonly disks: readonly DiskResult[];
  /** What shows that the captured disks are not of one instant; empty when they may be. */
  readonly findings: readonly Finding[];
  readonly ok: boolean;
}

/** Reads every byte of every pair. Guests may go on writing meanwhile. */
export async function compareBytes(pairs: readonly DiskPair[]): Promise<BytesReport> {
  const directory = await mkdtemp(join(tmpdir(), 'envclone-bytes-'));
  try {
    const disks: DiskResult[] = [];
    for (const pair of pairs) disks.push(await compareDisk(pair, join(directory, 'disk.img')));
    const findings = checkCut(pairs.map((pair) => ({ ...pair, journal: readJournal(pair.captured) })));
    return { disks, findings, ok: findings.length === 0 && disks.every(isWhole) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Records are only appended, so a copy holds them up to some place even if one is being written. */
async function compareDisk(pair: DiskPair, copy: string): Promise<DiskResult> {
  await copyFile(pair.clone, copy, constants.COPYFILE_FICLONE);
  const { equal, firstDifference, recordsAfter } = compareWithSnapshot(copy, pair.captured);
  return {
    pair,
    bytes: (await stat(pair.captured)).size,
    equal,
    firstDifference,
    captured: readJournal(pair.captured).records.length,
    added: recordsAfter,
  };
}

/** An empty disk equals an empty snapshot, and proves nothing. */
function isWhole({ equal, captured }: DiskResult): boolean {
  return equal && captured > 0;
}
