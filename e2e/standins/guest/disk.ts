import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { encodeRecord, installedSystem, JOURNAL_OFFSET, RECORD_BYTES } from './journal.ts';
import { readJournalOf } from './read-journal.ts';

/** A disk as a running guest holds it: open, and appended to. */
export class GuestDisk {
  readonly #descriptor: number;
  readonly #index: number;
  readonly #size: number;
  #end: number;
  #last: number;

  /** Opens a disk, installs a system on it if it is blank, and finds where its journal goes on. */
  constructor(path: string, index: number, seed: () => Buffer = () => randomBytes(16)) {
    this.#descriptor = openSync(path, 'r+');
    this.#index = index;
    this.#size = fstatSync(this.#descriptor).size;
    const journal = readJournalOf(this.#descriptor);
    this.#end = journal.end;
    this.#last = journal.records.at(-1)?.sequence ?? 0;
    if (journal.seed === undefined) this.#install(seed());
  }

  /** The last sequence on the disk; 0 when there is none yet. */
  get last(): number {
    return this.#last;
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

  #install(seed: Buffer): void {
    if (this.#size < JOURNAL_OFFSET)
      throw new Error(`a disk of ${this.#size} bytes is too small for a guest`);
    writeSync(this.#descriptor, installedSystem(seed), 0, JOURNAL_OFFSET, 0);
    this.#end = JOURNAL_OFFSET;
  }
}
