import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DiskLocator } from '../context.ts';
import { type Copy, copyAtOnce, copyFile } from './copy.ts';

export type RpcCode = 'NotFound' | 'Internal' | 'InvalidArgument' | 'OutOfRange' | 'Unavailable';

/** What a CSI call answers when it fails, in the words of the sidecar that called. */
export class DriverError extends Error {
  readonly code: RpcCode;

  constructor(code: RpcCode, description: string) {
    super(`rpc error: code = ${code} desc = ${description}`);
    this.name = 'DriverError';
    this.code = code;
  }
}

/** A snapshot that the driver holds. `creationTime` is in nanoseconds since 1970, `size` in bytes. */
export interface DriverSnapshot {
  readonly handle: string;
  readonly volumeHandle: string;
  readonly groupHandle?: string;
  readonly creationTime: number;
  readonly size: number;
}

export type ContentSource =
  | { readonly snapshotHandle: string }
  | { readonly volumeHandle: string }
  | undefined;

/**
 * The CSI driver itself: volumes are directories with a raw `disk.img`, snapshots are copies of it. A snapshot, or
 * all members of a group snapshot, are taken without leaving the event loop: no guest writes in between.
 */
export class CsiDriver implements DiskLocator {
  readonly name: string;
  readonly #directory: string;

  constructor(name: string, directory: string) {
    this.name = name;
    this.#directory = directory;
    mkdirSync(join(directory, 'volumes'), { recursive: true });
    mkdirSync(join(directory, 'snapshots'), { recursive: true });
  }

  path(volumeHandle: string): string {
    return join(this.#volume(volumeHandle), 'disk.img');
  }

  snapshotPath(snapshotHandle: string): string {
    return join(this.#snapshot(snapshotHandle), 'disk.img');
  }

  /** Makes a volume of `size` bytes, empty or with what its source holds, and answers its handle. */
  async createVolume(size: number, source: ContentSource): Promise<string> {
    const handle = randomUUID();
    const origin = this.#origin(source, size);
    mkdirSync(this.#volume(handle));
    const disk = this.path(handle);
    if (origin === undefined) writeFileSync(disk, '');
    else if (origin.fixed) await copyFile({ from: origin.path, to: disk });
    else copyAtOnce([{ from: origin.path, to: disk }]);
    truncateSync(disk, size);
    return handle;
  }

  /** Fills a volume with what a file holds, from its beginning. */
  async copyInto(handle: string, file: string): Promise<void> {
    const { size } = statSync(this.path(handle));
    await copyFile({ from: file, to: this.path(handle) });
    truncateSync(this.path(handle), size);
  }

  /** Grows a volume to `size` bytes. */
  expandVolume(handle: string, size: number): void {
    truncateSync(this.path(handle), size);
  }

  deleteVolume(handle: string): void {
    rmSync(this.#volume(handle), { recursive: true, force: true });
  }

  /** Cuts a snapshot of one volume. */
  createSnapshot(volumeHandle: string): DriverSnapshot {
    return this.#cut([volumeHandle], undefined)[0]!;
  }

  /** Cuts snapshots of several volumes at one instant. */
  createGroupSnapshot(volumeHandles: readonly string[]): {
    readonly handle: string;
    readonly snapshots: readonly DriverSnapshot[];
  } {
    const handle = randomUUID();
    return { handle, snapshots: this.#cut(volumeHandles, handle) };
  }

  /** What the driver knows of a snapshot; fails with NotFound. */
  getSnapshot(handle: string): DriverSnapshot {
    const file = join(this.#snapshot(handle), 'snapshot.json');
    if (!existsSync(file)) {
      throw new DriverError('NotFound', `snapshot id ${handle} does not exist in the snapshots list`);
    }
    return JSON.parse(readFileSync(file, 'utf8')) as DriverSnapshot;
  }

  deleteSnapshot(handle: string): void {
    rmSync(this.#snapshot(handle), { recursive: true, force: true });
  }

  #cut(volumeHandles: readonly string[], groupHandle: string | undefined): DriverSnapshot[] {
    const creationTime = Date.now() * 1e6;
    const snapshots = volumeHandles.map((volumeHandle) => {
      const size = this.#sizeOf(volumeHandle);
      return { handle: randomUUID(), volumeHandle, groupHandle, creationTime, size };
    });
    copyAtOnce(snapshots.map((snapshot) => this.#prepare(snapshot)));
    return snapshots;
  }

  #prepare(snapshot: DriverSnapshot): Copy {
    mkdirSync(this.#snapshot(snapshot.handle));
    writeFileSync(join(this.#snapshot(snapshot.handle), 'snapshot.json'), JSON.stringify(snapshot));
    return { from: this.path(snapshot.volumeHandle), to: this.snapshotPath(snapshot.handle) };
  }

  #origin(source: ContentSource, size: number): { path: string; fixed: boolean } | undefined {
    if (source === undefined) return undefined;
    const fixed = 'snapshotHandle' in source;
    const bytes = fixed ? this.getSnapshot(source.snapshotHandle).size : this.#sizeOf(source.volumeHandle);
    if (bytes > size) throw new DriverError('OutOfRange', `volume of ${size} bytes for a source of ${bytes}`);
    return { path: fixed ? this.snapshotPath(source.snapshotHandle) : this.path(source.volumeHandle), fixed };
  }

  #sizeOf(volumeHandle: string): number {
    const disk = this.path(volumeHandle);
    if (!existsSync(disk)) {
      throw new DriverError('NotFound', `volume id ${volumeHandle} does not exist in the volumes list`);
    }
    return statSync(disk).size;
  }

  #volume(handle: string): string {
    return join(this.#directory, 'volumes', handle);
  }

  #snapshot(handle: string): string {
    return join(this.#directory, 'snapshots', handle);
  }
}
