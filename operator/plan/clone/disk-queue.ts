/** Which disks are asked for next: those of the VMs that start first. */
import {
  type DataVolume,
  dataVolumes,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  type VolumeSnapshot,
  type VolumeSnapshotContent,
  volumeSnapshotContents,
} from '../../cluster/kinds.generated.ts';
import type { Kind, KubeObject } from '../../cluster/objects.ts';
import type { ObservedClone } from '../../observe/environment-clone.ts';
import type { Step } from '../steps.ts';
import type { Checked } from './checks.ts';
import type { Desired } from './desired.ts';
import { type DesiredDisk, makeDisk, makeSnapshot } from './disks.ts';
import { isBound, type LiveDisk, liveDisksOf } from './filled.ts';
import { releaseSnapshot } from './snapshot-protection.ts';

/** Disks asked for in one pass: the next pass makes the VMs of those while others are asked for. */
const disksAtOnce = 40;

/** A disk that is not bound after this long holds up no other. */
const stuckAfterMs = 60_000;

export interface DiskQueue {
  readonly steps: readonly Step[];
  /** When a disk counts as stuck and lets others go (milliseconds since the epoch); absent where none is held up. */
  readonly againAt?: number;
}

/**
 * Disks of a tier are asked for when those of the tiers before it are bound. The storage's controllers serve a queue
 * in no order and slowly (the snapshot controller makes five requests a second): with every disk in it, the first VM
 * would wait for the last disk, and the disks of the next tier have the time of a boot.
 */
export function queueDisks({ observed, desired, context }: Checked, now: number): DiskQueue {
  const states = new Map(observed.disks.map((state) => [state.disk.claim, state]));
  const objectsOf = diskObjects(observed);
  const mended: Step[] = [];
  const next: Step[] = [];
  let holding: { readonly tier: number; readonly until: number } | undefined;
  let held = false;
  for (const { disk, tier } of disksInOrder(desired)) {
    const state = states.get(disk.source.claim);
    const objects = objectsOf(disk);
    const { claim, asked, snapshot, content } = objects;
    if (isBound(claim)) continue;
    if (snapshot?.metadata.deletionTimestamp) mended.push(...deleteUnfilled(objects, observed));
    else if (isBoundToAnother(objects)) mended.push(...deleteOnce(volumeSnapshotContents, content!));
    else if (!state?.handle) continue;
    else if (asked && !(snapshot && content)) mended.push(makeSnapshot(disk, state, context));
    else if (!asked && holding && holding.tier < tier) held = true;
    else if (!asked) next.push(makeDisk(disk, state, context));
    const until = stuckAfterMs + (asked ? Date.parse(asked.metadata.creationTimestamp!) : now);
    if (!holdsUpOthers(disk) || until <= now || (holding && holding.tier < tier)) continue;
    holding = { tier, until: Math.max(until, holding?.until ?? 0) };
  }
  return {
    steps: [...mended, ...next.slice(0, disksAtOnce)],
    ...(held && { againAt: holding!.until }),
  };
}

/** A copy takes as long as it takes, and a claim that waits for its consumer may wait for a VM of a later tier. */
function holdsUpOthers({ strategy, waitsForConsumer }: DesiredDisk): boolean {
  return strategy === 'Snapshot' && !waitsForConsumer;
}

/** Every disk once, with the first tier that needs it. */
function disksInOrder({
  machines,
}: Desired): Iterable<{ readonly disk: DesiredDisk; readonly tier: number }> {
  const first = new Map<string, { readonly disk: DesiredDisk; readonly tier: number }>();
  for (const { disks, tier } of machines)
    for (const disk of disks) if (!first.has(disk.claim)) first.set(disk.claim, { disk, tier });
  return first.values();
}

/** What is there of one disk. */
interface DiskObjects extends LiveDisk {
  /** What asks the storage for it: its DataVolume, or the claim. */
  readonly asked?: DataVolume | PersistentVolumeClaim;
  readonly snapshot?: VolumeSnapshot;
  readonly content?: VolumeSnapshotContent;
}

function diskObjects(observed: ObservedClone): (disk: DesiredDisk) => DiskObjects {
  const liveDisk = liveDisksOf(observed);
  const snapshots = byName(observed.children.snapshots);
  const contents = byName(observed.children.contents);
  return (disk) => {
    const live = liveDisk(disk);
    return {
      ...live,
      asked: live.dataVolume ?? live.claim,
      snapshot: snapshots.get(disk.snapshot),
      content: contents.get(disk.content),
    };
  };
}

function byName<T extends KubeObject>(objects: readonly T[]): ReadonlyMap<string, T> {
  return new Map(objects.map((object) => [object.metadata.name, object]));
}

/**
 * A snapshot that somebody deletes stays while a claim is to be made from it, and nothing is made from one that is
 * being deleted: the claim goes first, then the content, which is bound to that snapshot for good, and all are made
 * again.
 */
function deleteUnfilled(
  { snapshot, dataVolume, claim }: DiskObjects,
  { children, target }: ObservedClone,
): readonly Step[] {
  if (dataVolume) return deleteOnce(dataVolumes, dataVolume);
  const own = claim && children.claims.some(({ metadata }) => metadata.name === claim.metadata.name);
  if (own) return deleteOnce(persistentVolumeClaims, claim);
  return releaseSnapshot(snapshot!, target.claims.values());
}

function isBoundToAnother({ content, snapshot }: DiskObjects): boolean {
  const uid = content?.spec.volumeSnapshotRef.uid;
  return uid !== undefined && uid !== snapshot?.metadata.uid;
}

function deleteOnce(kind: Kind, { metadata }: KubeObject): readonly Step[] {
  if (metadata.deletionTimestamp) return [];
  const { namespace, name, uid } = metadata;
  return [{ step: 'delete', kind, key: { namespace, name }, uid, propagation: 'Background' }];
}
