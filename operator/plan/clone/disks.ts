/** How each disk of the clone is made, and the objects that make it. */
import {
  type DataVolume,
  dataVolumes,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  type StorageClass,
  type VolumeSnapshot,
  type VolumeSnapshotContent,
  volumeSnapshotContents,
  volumeSnapshots,
} from '../../cluster/kinds.generated.ts';
import { labels, shortHash } from '../../names.ts';
import type { DiskState } from '../capture/disks.ts';
import type { CapturedDisk } from '../capture/model.ts';
import { canonicalJson } from '../capture/revisions.ts';
import { type Step, sequence } from '../steps.ts';
import { type CloneContext, derivedName, ownedMetadata, renamed, unownedMetadata } from './context.ts';

/** Label by which KubeVirt finds the claim that holds a VM's TPM and EFI variables. */
const stateLabel = 'persistent-state-for';

export interface DesiredDisk {
  readonly source: CapturedDisk;
  /** The claim in the clone. */
  readonly claim: string;
  readonly bytes: number;
  readonly storageClass: string;
  /** Whether the claim waits for a pod before it is bound. */
  readonly waitsForConsumer: boolean;
  readonly strategy: 'Snapshot' | 'DataVolume';
  /** Why this strategy, in words. */
  readonly reason: string;
  /** Names of the VolumeSnapshot and its content, while the disk is made. */
  readonly snapshot: string;
  readonly content: string;
  /** The VM whose TPM and EFI variables it holds, in the clone. */
  readonly stateOf?: string;
}

export function desireDisk(
  source: CapturedDisk,
  machine: string,
  classes: ReadonlyMap<string, StorageClass>,
  context: CloneContext,
): DesiredDisk {
  const claim = renamed(context, source.claim);
  const storageClass = targetClassOf(source, context);
  const way = chooseStrategy(source, classes.get(source.storageClass), classes.get(storageClass));
  return {
    source,
    claim,
    bytes: source.bytes,
    storageClass,
    waitsForConsumer: classes.get(storageClass)?.volumeBindingMode === 'WaitForFirstConsumer',
    ...way,
    snapshot: derivedName(context, claim, 'snapshot', claim),
    content: `envclone-${shortHash(24, context.clone.metadata.uid!, claim)}`,
    ...(source.role === 'State' && { stateOf: renamed(context, machine) }),
  };
}

export function targetClassOf({ storageClass }: CapturedDisk, { clone }: CloneContext): string {
  return clone.spec.disks.storageClasses.find(({ from }) => from === storageClass)?.to ?? storageClass;
}

/** The storage clones its own snapshot into the same kind of volume; anything else is CDI's work. */
function chooseStrategy(
  source: CapturedDisk,
  from: StorageClass | undefined,
  to: StorageClass | undefined,
): Pick<DesiredDisk, 'strategy' | 'reason'> {
  if (to?.provisioner !== source.driver)
    return {
      strategy: 'DataVolume',
      reason: `class ${to?.metadata.name} is of driver ${to?.provisioner}, the disk of ${source.driver}: it is copied`,
    };
  if (to.metadata.name === source.storageClass) return { strategy: 'Snapshot', reason: 'same storage class' };
  if (from && canonicalJson(from.parameters ?? {}) === canonicalJson(to.parameters ?? {}))
    return { strategy: 'Snapshot', reason: 'same driver and parameters' };
  return {
    strategy: 'DataVolume',
    reason: `class ${to.metadata.name} has other parameters than ${source.storageClass}`,
  };
}

/** Steps that make the disk: content on the captured handle, snapshot, and the claim or the DataVolume that asks for it. */
export function makeDisk(disk: DesiredDisk, state: DiskState, context: CloneContext): Step {
  return sequence(
    makeSnapshot(disk, state, context),
    disk.strategy === 'Snapshot'
      ? {
          step: 'create',
          kind: persistentVolumeClaims,
          object: claimFor(disk, state, context),
          mustKeep: ['spec.dataSourceRef'],
        }
      : { step: 'create', kind: dataVolumes, object: dataVolumeFor(disk, context) },
  );
}

/** The snapshot in the target namespace alone, for a claim that is there already and still needs it. */
export function makeSnapshot(disk: DesiredDisk, state: DiskState, context: CloneContext): Step {
  return sequence(
    { step: 'create', kind: volumeSnapshotContents, object: contentFor(disk, state.handle!, context) },
    { step: 'create', kind: volumeSnapshots, object: snapshotFor(disk, context) },
  );
}

/** Retain: the handle belongs to the capture, and goes with it. */
function contentFor(disk: DesiredDisk, snapshotHandle: string, context: CloneContext): VolumeSnapshotContent {
  return {
    metadata: unownedMetadata(context, disk.content),
    spec: {
      deletionPolicy: 'Retain',
      driver: disk.source.driver,
      source: { snapshotHandle },
      sourceVolumeMode: disk.source.volumeMode,
      volumeSnapshotClassName: disk.source.snapshotClass,
      volumeSnapshotRef: {
        apiVersion: 'snapshot.storage.k8s.io/v1',
        kind: 'VolumeSnapshot',
        namespace: context.targetNamespace,
        name: disk.snapshot,
      },
    },
  };
}

function snapshotFor(disk: DesiredDisk, context: CloneContext): VolumeSnapshot {
  return {
    metadata: ownedMetadata(context, disk.snapshot),
    spec: {
      source: { volumeSnapshotContentName: disk.content },
      volumeSnapshotClassName: disk.source.snapshotClass,
    },
  };
}

function claimFor(disk: DesiredDisk, state: DiskState, context: CloneContext): PersistentVolumeClaim {
  const bytes = Math.max(disk.bytes, state.restoreBytes ?? 0);
  return {
    metadata: ownedMetadata(context, disk.claim, {
      labels: disk.stateOf ? { [stateLabel]: disk.stateOf } : {},
    }),
    spec: {
      accessModes: [...disk.source.accessModes],
      volumeMode: disk.source.volumeMode,
      storageClassName: disk.storageClass,
      resources: { requests: { storage: String(bytes) } },
      dataSourceRef: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: disk.snapshot },
    },
  };
}

/**
 * volumeMode is always said: CDI does not take it from the snapshot, and would copy silently. No size is said: a
 * stated one grows by the file system's overhead and is then resized by a pod.
 */
function dataVolumeFor(disk: DesiredDisk, context: CloneContext): DataVolume {
  return {
    metadata: ownedMetadata(context, disk.claim, {
      labels: disk.stateOf ? { [stateLabel]: disk.stateOf } : {},
    }),
    spec: {
      source: { snapshot: { namespace: context.targetNamespace, name: disk.snapshot } },
      storage: {
        storageClassName: disk.storageClass,
        volumeMode: disk.source.volumeMode,
        accessModes: [...disk.source.accessModes],
      },
    },
  } as DataVolume;
}

/** What a clone's claim has by way of labels once it is let go from its DataVolume. */
export function markClaim(
  { metadata: { namespace, name } }: PersistentVolumeClaim,
  context: CloneContext,
): Step {
  const patch = { labels: { [labels.clone]: context.clone.metadata.uid! } };
  return { step: 'patchMetadata', kind: persistentVolumeClaims, key: { namespace, name }, patch };
}

/** The claim is owned by the clone, once its DataVolume has let go of it. */
export function adoptClaim(claim: PersistentVolumeClaim, context: CloneContext): Step {
  const { labels: owned, ownerReferences } = ownedMetadata(context, claim.metadata.name);
  return {
    step: 'patchMetadata',
    kind: persistentVolumeClaims,
    key: { namespace: claim.metadata.namespace, name: claim.metadata.name },
    patch: { labels: { [labels.clone]: owned![labels.clone]! }, ownerReferences },
  };
}
