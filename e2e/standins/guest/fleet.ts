import type { Guest } from './guest.ts';

/** How fast guests write. */
export interface WriteRate {
  /** Records of one guest in a second. */
  readonly perGuest: number;
  /** Records of all guests together in a second: where there are many, each gets its share. */
  readonly altogether: number;
}

export const DEFAULT_RATE: WriteRate = { perGuest: 50, altogether: 5000 };

/**
 * Lets all running guests write, from one timer. A record goes to all disks of a guest within one synchronous
 * step, so whoever copies disks synchronously copies them at one instant.
 */
export class Fleet {
  readonly #writing = new Map<string, Guest>();
  readonly #present = new Map<string, Guest>();
  readonly #perTick: number;
  readonly #timer: NodeJS.Timeout;
  #turn = 0;

  constructor(rate: WriteRate = DEFAULT_RATE) {
    this.#perTick = Math.max(1, Math.floor(rate.altogether / rate.perGuest));
    this.#timer = setInterval(() => this.tick(), 1000 / rate.perGuest);
    this.#timer.unref();
  }

  /** A guest booted: others may follow its records from now on. */
  add(guest: Guest): void {
    this.#present.set(keyOf(guest), guest);
  }

  /** Lets a guest write, or (frozen, paused, not booted) not. */
  setWriting(guest: Guest, writing: boolean): void {
    if (writing && guest.hasDisks) this.#writing.set(keyOf(guest), guest);
    else if (this.#writing.get(keyOf(guest)) === guest) this.#writing.delete(keyOf(guest));
  }

  remove(guest: Guest): void {
    this.setWriting(guest, false);
    if (this.#present.get(keyOf(guest)) === guest) this.#present.delete(keyOf(guest));
  }

  close(): void {
    clearInterval(this.#timer);
    for (const guest of this.#present.values()) guest.stop();
  }

  /** One step: every guest whose turn it is writes a record, if those that it follows have written theirs. */
  tick(): void {
    const guests = [...this.#writing.values()];
    const turns = Math.min(guests.length, this.#perTick);
    for (let step = 0; step < turns; step += 1) this.#write(guests[(this.#turn + step) % guests.length]!);
    this.#turn = guests.length === 0 ? 0 : (this.#turn + turns) % guests.length;
  }

  #write(guest: Guest): void {
    const { namespace, name, writesAfter } = guest.definition;
    const next = guest.written + 1;
    const mayWrite = writesAfter.every((other) => this.#writtenBy(namespace, other) >= next);
    if (!mayWrite || guest.write()) return;
    console.error(`guest ${namespace}/${name}: a disk is full, it writes no more`);
    this.setWriting(guest, false);
  }

  #writtenBy(namespace: string, name: string): number {
    return this.#present.get(`${namespace}/${name}`)?.written ?? 0;
  }
}

function keyOf({ definition: { namespace, name } }: Guest): string {
  return `${namespace}/${name}`;
}
