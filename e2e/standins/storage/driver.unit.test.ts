import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CsiDriver } from './driver.ts';

const MEBIBYTE = 1024 * 1024;

let directory: string;
let driver: CsiDriver;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'driver-'));
  driver = new CsiDriver('hostpath.test', directory);
});
afterEach(() => rmSync(directory, { recursive: true }));

const blank = () => driver.createVolume(MEBIBYTE, undefined);

async function write(volumeHandle: string, position: number, text: string): Promise<void> {
  await using file = await open(driver.path(volumeHandle), 'r+');
  await file.write(text, position);
}

function read(path: string, position: number, length: number): string {
  return readFileSync(path).toString('latin1', position, position + length);
}

test('a blank volume has its size and takes no room', async () => {
  const handle = await driver.createVolume(64 * MEBIBYTE, undefined);
  const { size, blocks } = statSync(driver.path(handle));
  expect({ size, blocks }).toEqual({ size: 64 * MEBIBYTE, blocks: 0 });
});

test('a snapshot keeps the bytes of its instant, and so does a volume made of it', async () => {
  const volume = await blank();
  await write(volume, 4096, 'before');
  const { handle } = driver.createSnapshot(volume);
  await write(volume, 4096, 'AFTER!');
  const clone = await driver.createVolume(2 * MEBIBYTE, { snapshotHandle: handle });
  expect(read(driver.snapshotPath(handle), 4096, 6)).toBe('before');
  expect(read(driver.path(clone), 4096, 6)).toBe('before');
  expect(statSync(driver.path(clone)).size).toBe(2 * MEBIBYTE);
});

test('a copy has the holes of its original', async () => {
  const volume = await driver.createVolume(64 * MEBIBYTE, undefined);
  await write(volume, 32 * MEBIBYTE, 'x');
  const { handle } = driver.createSnapshot(volume);
  const clone = await driver.createVolume(64 * MEBIBYTE, { volumeHandle: volume });
  for (const path of [driver.snapshotPath(handle), driver.path(clone)]) {
    expect(statSync(path).blocks * 512).toBeLessThan(MEBIBYTE);
  }
});

test('a group is cut at one instant: a write between two members is in neither', async () => {
  const volumes = await Promise.all([blank(), blank()]);
  let writes = 0;
  const writer = setInterval(() => {
    for (const volume of volumes) writeFileSync(driver.path(volume), String(writes).padEnd(8));
    writes += 1;
  }, 1);
  for (let round = 0; round < 5; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { handle, snapshots } = driver.createGroupSnapshot(volumes);
    const cut = snapshots.map((snapshot) => read(driver.snapshotPath(snapshot.handle), 0, 8));
    expect(new Set(cut).size).toBe(1);
    expect(new Set(snapshots.map(({ creationTime }) => creationTime)).size).toBe(1);
    expect(snapshots.map(({ groupHandle }) => groupHandle)).toEqual([handle, handle]);
  }
  clearInterval(writer);
  expect(writes).toBeGreaterThan(0);
});

test('a volume smaller than its source is refused', async () => {
  const volume = await blank();
  const { handle } = driver.createSnapshot(volume);
  const small = driver.createVolume(MEBIBYTE - 1, { snapshotHandle: handle });
  await expect(small).rejects.toMatchObject({ code: 'OutOfRange' });
});

test('what is gone is NotFound, and its bytes are gone', async () => {
  const volume = await blank();
  const { handle } = driver.createSnapshot(volume);
  const files = [driver.path(volume), driver.snapshotPath(handle)];
  driver.deleteVolume(volume);
  driver.deleteSnapshot(handle);
  expect(files.map((file) => existsSync(file))).toEqual([false, false]);
  expect(() => driver.createSnapshot(volume)).toThrow(
    `rpc error: code = NotFound desc = volume id ${volume} does not exist in the volumes list`,
  );
  await expect(driver.createVolume(MEBIBYTE, { snapshotHandle: handle })).rejects.toThrow(
    `rpc error: code = NotFound desc = snapshot id ${handle} does not exist in the snapshots list`,
  );
});

test('a grown volume keeps its bytes', async () => {
  const volume = await blank();
  await write(volume, 0, 'kept');
  driver.expandVolume(volume, 2 * MEBIBYTE);
  expect(statSync(driver.path(volume)).size).toBe(2 * MEBIBYTE);
  expect(read(driver.path(volume), 0, 4)).toBe('kept');
});
