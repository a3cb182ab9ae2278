import { randomUUID } from 'node:crypto';
import { GuestDisk } from './disk.ts';

/** What a guest is: which VM's, on which disks, and whose records its own follow. */
export interface GuestDefinition {
  readonly namespace: string;
  readonly name: string;
  /** UID of the VirtualMachineInstance. */
  readonly uid: string;
  /** Paths of its disks, in the order in which it writes to them. */
  readonly disks: readonly string[];
  /** Names of VMs of the same namespace whose record n is written before this guest writes its own n. */
  readonly writesAfter: readonly string[];
}

/** The software in a VM: it writes record after record to all its disks, unless it is frozen or paused. */
export class Guest {
  readonly definition: GuestDefinition;
  readonly #disks: readonly GuestDisk[];
  readonly #boot = randomUUID();
  #wroteAt = performance.now();
  #stopped = false;

  constructor(definition: GuestDefinition) {
    this.definition = definition;
    this.#disks = definition.disks.map((path, index) => new GuestDisk(path, index));
  }

  /** The last record that is on every disk. */
  get written(): number {
    return this.#disks.length === 0 ? 0 : Math.min(...this.#disks.map((disk) => disk.last));
  }

  /** The number of this boot, counted by what is on the first disk. */
  get boots(): number {
    return (this.#disks[0]?.boots ?? 0) + 1;
  }

  get lastWriteAgeMs(): number {
    return Math.round(performance.now() - this.#wroteAt);
  }

  get hasDisks(): boolean {
    return this.#disks.length > 0;
  }

  /** Writes the next record to the disks that lack it, first disk first; false when a disk is full. */
  write(): boolean {
    const sequence = this.written + 1;
    for (const disk of this.#disks) {
      if (disk.last >= sequence) continue;
      if (disk.full) return false;
      disk.append(sequence, this.definition.uid, this.#boot);
    }
    this.#wroteAt = performance.now();
    return true;
  }

  /** Lets go of the disks: what is on them stays. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const disk of this.#disks) disk.close();
  }
}
