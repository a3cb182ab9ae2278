import { closeSync, copyFileSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CutDisk, readJournal } from './consistency.ts';
import { Fleet } from './fleet.ts';
import { Guest } from './guest.ts';

const UIDS = { db: 1, queue: 2, api: 3, web: 4 };
type Name = keyof typeof UIDS;

/** Guests on disks in a temporary directory, whose time passes by `tick`. */
export class TestLab implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'guests-'));
  readonly fleet = new Fleet({ perGuest: 1 / 3600, altogether: 1 });
  readonly #written = new Map<Name, { paths: string[]; writesAfter: Name[] }>();

  /** A guest of blank or (by the same name again) written disks that runs and writes. */
  boot(name: Name, disks = 1, writesAfter: Name[] = []): Guest {
    const paths = this.#written.get(name)?.paths ?? this.#blank(name, disks);
    this.#written.set(name, { paths, writesAfter });
    const uid = `00000000-0000-4000-8000-00000000000${UIDS[name]}`;
    const guest = new Guest({ namespace: 'test', name, uid, disks: paths, writesAfter });
    this.fleet.add(guest);
    this.fleet.setWriting(guest, true);
    return guest;
  }

  /** Every guest gets its turn this many times. */
  ticks(count: number): void {
    for (let tick = 0; tick < count * this.#written.size; tick += 1) this.fleet.tick();
  }

  disk(name: Name, index = 0): string {
    return this.#written.get(name)!.paths[index]!;
  }

  /** A copy of a disk as it is now. */
  snapshot(name: Name, index = 0): string {
    const copy = `${this.disk(name, index)}.${Math.random().toString(36).slice(2)}`;
    copyFileSync(this.disk(name, index), copy);
    return copy;
  }

  /** The set of disk images as a cut, each under its VM and place. */
  cut(images: readonly (readonly [Name, number, string])[]): CutDisk[] {
    return images.map(([vm, disk, path]) => ({
      vm,
      disk,
      journal: readJournal(path),
      writesAfter: this.#written.get(vm)!.writesAfter,
    }));
  }

  [Symbol.dispose](): void {
    this.fleet.close();
    rmSync(this.directory, { recursive: true });
  }

  #blank(name: string, disks: number): string[] {
    return Array.from({ length: disks }, (_, index) => {
      const path = join(this.directory, `${name}-${index}.img`);
      const descriptor = openSync(path, 'w');
      ftruncateSync(descriptor, 1 << 20);
      closeSync(descriptor);
      return path;
    });
  }
}
