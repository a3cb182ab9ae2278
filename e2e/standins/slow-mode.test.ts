import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { startControlPlane } from '../control-plane/control-plane.ts';
import { Cache } from './kube/cache.ts';
import { VolumeSnapshotContents, VolumeSnapshots } from './kube/kinds.ts';
import type { KubeObject } from './kube/objects.ts';
import { Scratch } from './scratch.ts';
import { startStandIns } from './start.ts';

interface Cut extends KubeObject {
  status?: { creationTime?: string | number };
}

const crds = [fileURLToPath(new URL('../crds', import.meta.url))];
const claims = ['a', 'b', 'c', 'd'];

/** The time at which each object of a kind was first seen with a creationTime, in the order of sight. */
async function sights(
  scratch: Scratch,
  kind: typeof VolumeSnapshots,
  signal: AbortSignal,
): Promise<number[]> {
  const cache = new Cache<Cut>(scratch.client, kind);
  await cache.start(signal);
  const seen = new Map<string, number>();
  const times: number[] = [];
  cache.onChange((_type, { metadata, status }) => {
    if (status?.creationTime === undefined || seen.has(metadata.uid)) return;
    seen.set(metadata.uid, performance.now());
    times.push(performance.now());
  });
  return times;
}

test('at the recorded pace contents say when they were cut, and their snapshots seconds later', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'slow-mode-'));
  const stopped = new AbortController();
  try {
    await using controlPlane = await startControlPlane({ crds });
    const { kubeconfig } = controlPlane;
    await using _standIns = await startStandIns({ kubeconfig, directory, pace: 'recorded' });
    await using scratch = await Scratch.create(kubeconfig, 'slow');
    for (const name of claims) await scratch.boundClaim(name);
    const contents = await sights(scratch, VolumeSnapshotContents, stopped.signal);
    const snapshots = await sights(scratch, VolumeSnapshots, stopped.signal);
    const asked = performance.now();
    await Promise.all(
      claims.map((name) => scratch.snapshot(name, { source: { persistentVolumeClaimName: name } })),
    );
    await Promise.all(claims.map((name) => scratch.untilReady(name)));
    // The watches may lag behind the reads that found them ready.
    await vi.waitFor(() => expect([contents.length, snapshots.length]).toEqual([4, 4]), { timeout: 10_000 });
    // What the limit of five requests a second takes at the least; a busy machine only adds to it.
    expect(snapshots[3]! - asked).toBeGreaterThan(2000);
    for (const [index, cut] of contents.entries()) expect(snapshots[index]!).toBeGreaterThan(cut);
  } finally {
    stopped.abort();
    await rm(directory, { recursive: true, force: true });
  }
}, 120_000);
