import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type Journal, readJournal } from './read-journal.ts';

export { type Journal, readJournal } from './read-journal.ts';

/** One disk of a set that is said to be of one instant. */
export interface CutDisk {
  readonly vm: string;
  /** Place among the VM's disks, from 0. */
  readonly disk: number;
  readonly journal: Journal;
  /** The VMs whose record n comes before this VM's record n. */
  readonly writesAfter: readonly string[];
}

/** What shows that the disks of a set are not of one instant, in words. */
export interface Finding {
  readonly vm: string;
  readonly message: string;
}

/**
 * Finds where a set of disks is no consistent cut: a record is there and one that was written before it is not.
 * An empty answer means that some instant could have left exactly these bytes.
 */
export function checkCut(disks: readonly CutDisk[]): Finding[] {
  return [...disks.flatMap(damage), ...disks.flatMap((disk) => withinVm(disk, disks)), ...acrossVms(disks)];
}

/** A journal without what a writer (a clone's VMI) and those after it added. */
export function journalBefore(journal: Journal, writer: string): Journal {
  const first = journal.records.findIndex((record) => record.writer === writer);
  return first < 0 ? journal : { ...journal, records: journal.records.slice(0, first) };
}

function damage({ vm, disk, journal }: CutDisk): Finding[] {
  const findings: Finding[] = [];
  if (!journal.intact) findings.push({ vm, message: `disk ${disk}: the installed system is damaged` });
  journal.records.forEach((record, place) => {
    if (record.sequence !== place + 1)
      findings.push({ vm, message: `disk ${disk}: record ${place + 1} says ${record.sequence}` });
  });
  return findings.slice(0, 3);
}

function withinVm({ vm, disk, journal }: CutDisk, disks: readonly CutDisk[]): Finding[] {
  const next = disks.find((other) => other.vm === vm && other.disk === disk + 1);
  if (next === undefined) return [];
  const [first, second] = [last(journal), last(next.journal)];
  if (second > first)
    return [{ vm, message: `disk ${disk + 1} has record ${second}, disk ${disk} ends at ${first}` }];
  if (first > second + 1)
    return [{ vm, message: `disk ${disk} has record ${first}, disk ${disk + 1} ends at ${second}` }];
  return [];
}

function acrossVms(disks: readonly CutDisk[]): Finding[] {
  return disks
    .filter(({ disk }) => disk === 0)
    .flatMap(({ vm, journal, writesAfter }) =>
      writesAfter.flatMap((other) => {
        const [own, before] = [last(journal), completeOn(other, disks)];
        if (before === undefined || own <= before) return [];
        return [{ vm, message: `has record ${own}, but ${other}, which writes first, ends at ${before}` }];
      }),
    );
}

/** The last record that a VM has on all its disks; `undefined` when it is not of the set. */
function completeOn(vm: string, disks: readonly CutDisk[]): number | undefined {
  const own = disks.filter((disk) => disk.vm === vm);
  return own.length === 0 ? undefined : Math.min(...own.map(({ journal }) => last(journal)));
}

function last(journal: Journal): number {
  return journal.records.at(-1)?.sequence ?? 0;
}

/** How a clone's disk stands to the snapshot that it was made from. */
export interface Comparison {
  /** Everything that the snapshot holds is in the clone at the same place, and nothing foreign is beside it. */
  readonly equal: boolean;
  /** Offset behind the snapshot's last record, in bytes: what lies before it was captured. */
  readonly capturedEnd: number;
  /** Offset of the first byte that is otherwise than it should be. */
  readonly firstDifference?: number;
  /** How many records the clone's own guest has added. */
  readonly recordsAfter: number;
}

const CHUNK_BYTES = 1 << 20;

/** Compares a clone's disk with its snapshot: beyond what was captured, only the clone's own records may lie. */
export function compareWithSnapshot(cloneDisk: string, snapshotDisk: string): Comparison {
  const [clone, snapshot] = [readJournal(cloneDisk), readJournal(snapshotDisk)];
  const own = { from: snapshot.end, to: Math.max(clone.end, snapshot.end) };
  const firstDifference = differenceOutside(cloneDisk, snapshotDisk, own);
  return {
    equal: firstDifference === undefined,
    capturedEnd: snapshot.end,
    firstDifference,
    recordsAfter: clone.records.length - snapshot.records.length,
  };
}

function differenceOutside(
  cloneDisk: string,
  snapshotDisk: string,
  own: { from: number; to: number },
): number | undefined {
  const clone = openSync(cloneDisk, 'r');
  const snapshot = openSync(snapshotDisk, 'r');
  try {
    const size = Math.max(fstatSync(clone).size, fstatSync(snapshot).size);
    if (fstatSync(clone).size < fstatSync(snapshot).size) return fstatSync(clone).size;
    return (
      firstDifferenceIn(clone, snapshot, 0, own.from) ?? firstDifferenceIn(clone, snapshot, own.to, size)
    );
  } finally {
    closeSync(clone);
    closeSync(snapshot);
  }
}

/** The first offset in a range where two files differ; beyond its end a file counts as zeros. */
function firstDifferenceIn(one: number, other: number, from: number, to: number): number | undefined {
  const [left, right] = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)];
  for (let offset = from; offset < to; offset += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, to - offset);
    for (const [file, buffer] of [[one, left] as const, [other, right] as const]) {
      const read = readSync(file, buffer, 0, length, offset);
      buffer.fill(0, read);
    }
    const [a, b] = [left.subarray(0, length), right.subarray(0, length)];
    if (!a.equals(b)) return offset + a.findIndex((byte, index) => byte !== b[index]);
  }
  return undefined;
}
