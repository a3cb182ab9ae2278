import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import {
  decodeRecord,
  type GuestSystem,
  HEADER_BYTES,
  installation,
  installedOn,
  JOURNAL_OFFSET,
  type JournalRecord,
  RECORD_BYTES,
} from './journal.ts';

/** What a disk says of itself: the system that was installed on it and every record since. */
export interface Journal {
  /** Hex of the installation's seed; `undefined` on a disk that no guest ever booted from. */
  readonly seed?: string;
  /** Whether the installed system is as its seed says, byte for byte. */
  readonly intact: boolean;
  readonly records: readonly JournalRecord[];
  /** Offset behind the last record, in bytes; 0 on a disk that no guest ever booted from. */
  readonly end: number;
}

const CHUNK_RECORDS = 4096;
const BLANK: Journal = { intact: true, records: [], end: 0 };

/** Reads the journal of a raw disk image. */
export function readJournal(file: string): Journal {
  const descriptor = openSync(file, 'r');
  try {
    return readJournalOf(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** What is installed on a raw disk image; `undefined` on a blank one. */
export function readSystem(file: string): GuestSystem | undefined {
  const descriptor = openSync(file, 'r');
  try {
    const header = readAt(descriptor, 0, HEADER_BYTES);
    return header.length < HEADER_BYTES ? undefined : installedOn(header)?.system;
  } finally {
    closeSync(descriptor);
  }
}

/** The same as `readJournal` of a file that is open already. */
export function readJournalOf(descriptor: number): Journal {
  const start = readAt(descriptor, 0, JOURNAL_OFFSET);
  const installed = start.length < HEADER_BYTES ? undefined : installedOn(start);
  if (installed === undefined) return BLANK;
  const { seed, system } = installed;
  const records = readRecords(descriptor);
  return {
    seed: seed.toString('hex'),
    intact: start.equals(installation(seed, system)),
    records,
    end: JOURNAL_OFFSET + records.length * RECORD_BYTES,
  };
}

function readRecords(descriptor: number): JournalRecord[] {
  const records: JournalRecord[] = [];
  const { size } = fstatSync(descriptor);
  for (let offset = JOURNAL_OFFSET; offset < size; offset += CHUNK_RECORDS * RECORD_BYTES) {
    const chunk = readAt(descriptor, offset, CHUNK_RECORDS * RECORD_BYTES);
    for (let at = 0; at + RECORD_BYTES <= chunk.length; at += RECORD_BYTES) {
      const record = decodeRecord(chunk.subarray(at, at + RECORD_BYTES));
      if (record === undefined) return records;
      records.push(record);
    }
  }
  return records;
}

function readAt(descriptor: number, offset: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  const read = readSync(descriptor, buffer, 0, length, offset);
  return buffer.subarray(0, read);
}
