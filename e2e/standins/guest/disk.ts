import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import {
  DATA_ONLY,
  DEFAULT_SYSTEM,
  encodeRecord,
  type GuestSystem,
  installation,
  JOURNAL_OFFSET,
  type JournalRecord,
  RECORD_BYTES,
} from './journal.ts';
import { readJournalOf } from './read-journal.ts';

/** A disk as a running guest holds it: open, and appended to. */
export class GuestDisk {
  readonly #descriptor: number;
  readonly #index: number;
  readonly #size: number;
  #end: number;
  #last: number;
  readonly #boots: number;

  /** Opens a disk, installs a system on it if it is blank, and finds where its journal goes on. */
  constructor(path: string, index: number, system: GuestSystem = index === 0 ? DEFAULT_SYSTEM : DATA_ONLY) {
    this.#descriptor = openSync(path, 'r+');
    this.#index = index;
    this.#size = fstatSync(this.#descriptor).size;
    const journal = readJournalOf(this.#descriptor);
    this.#end = journal.end;
    this.#last = journal.records.at(-1)?.sequence ?? 0;
    this.#boots = bootsIn(journal.records);
    if (journal.seed === undefined) this.#install(system);
  }

  /** The last sequence on the disk; 0 when there is none yet. */
  get last(): number {
    return this.#last;
  }

  /** How many boots wrote to it before it was opened. */
  get boots(): number {
    return this.#boots;
  }

  get full(): boolean {
    return this.#end + RECORD_BYTES > this.#size;
  }

  append(sequence: number, writer: string, boot: string): void {
    const record = encodeRecord({ disk: this.#index, sequence, writer, boot });
    writeSync(this.#descriptor, record, 0, RECORD_BYTES, this.#end);
    this.#end += RECORD_BYTES;
    this.#last = sequence;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #install(system: GuestSystem): void {
    writeInstallation(this.#descriptor, system);
    this.#end = JOURNAL_OFFSET;
  }
}

/** Installs a system on a blank disk image, as if somebody had before any guest saw it. */
export function installSystem(path: string, system: GuestSystem): void {
  const descriptor = openSync(path, 'r+');
  try {
    if (readJournalOf(descriptor).seed !== undefined) throw new Error('a system is installed on it already');
    writeInstallation(descriptor, system);
  } finally {
    closeSync(descriptor);
  }
}

function writeInstallation(descriptor: number, system: GuestSystem): void {
  const { size } = fstatSync(descriptor);
  if (size < JOURNAL_OFFSET) throw new Error(`a disk of ${size} bytes is too small for a guest`);
  writeSync(descriptor, installation(randomBytes(16), system), 0, JOURNAL_OFFSET, 0);
}

function bootsIn(records: readonly JournalRecord[]): number {
  return new Set(records.map(({ boot }) => boot)).size;
}
