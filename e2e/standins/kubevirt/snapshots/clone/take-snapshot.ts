import { apiVersion, VirtualMachineSnapshots } from '../../../kube/kinds.ts';
import { ownerReference } from '../../../kube/objects.ts';
import { claimNameOf } from '../../claim-name.ts';
import type { VirtualMachine } from '../../types.ts';
import { needsBackendStorage } from '../backend-storage.ts';
import type { SnapshotContext } from '../context.ts';
import { contentName } from '../snapshot/facts.ts';
import type { VirtualMachineClone, VirtualMachineSnapshot } from '../types.ts';
import { makeFor } from './make.ts';
import { done, fails, type Stage, waits } from './progress.ts';

/** The first stage: a snapshot of the source, if it is no snapshot itself, that can be used. */
export async function takeSnapshot(context: SnapshotContext, clone: VirtualMachineClone): Promise<Stage> {
  const { source } = clone.spec;
  if (source.kind === 'VirtualMachineSnapshot') return verifySnapshot(context, clone, source.name);
  const vm = context.caches.vms.get(clone.metadata.namespace, source.name);
  if (clone.status?.snapshotName === undefined) return createSnapshot(context, clone, vm!);
  return verifySnapshot(context, clone, clone.status.snapshotName);
}

async function createSnapshot(
  context: SnapshotContext,
  clone: VirtualMachineClone,
  vm: VirtualMachine,
): Promise<Stage> {
  const reason = snapshotObstacle(vm);
  if (reason !== undefined) return waits({ pending: { event: 'VMVolumeSnapshotsInvalid', reason } });
  const snapshot = snapshotFor(clone, vm);
  const refusal = await makeFor(context, clone, {
    what: 'Snapshot',
    kind: VirtualMachineSnapshots,
    cache: context.caches.vmSnapshots,
    object: snapshot,
  });
  return refusal === undefined ? waits({ snapshotName: snapshot.metadata.name }) : fails(refusal);
}

function snapshotFor(clone: VirtualMachineClone, vm: VirtualMachine) {
  const ownerReferences = [ownerReference(clone, { controller: true, blockOwnerDeletion: true })];
  return {
    apiVersion: apiVersion(VirtualMachineSnapshots),
    kind: VirtualMachineSnapshots.kind,
    metadata: {
      name: `tmp-snapshot-${clone.metadata.uid}`,
      namespace: clone.metadata.namespace,
      ownerReferences,
    },
    spec: { source: { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: vm.metadata.name } },
  };
}

/** A clone takes no VM of which a volume would be missing. */
function snapshotObstacle({ spec, status }: VirtualMachine): string | undefined {
  const obstacles = (spec.template.spec.volumes ?? []).flatMap((volume) => {
    if (claimNameOf(volume) === undefined) return [];
    const told = status?.volumeSnapshotStatuses?.find(({ name }) => name === volume.name);
    if (told === undefined) return [`Virtual Machine volume ${volume.name} snapshot support unknown`];
    return told.enabled ? [] : [`Virtual Machine volume ${volume.name} does not support snapshots`];
  });
  return obstacles.length === 0 ? undefined : obstacles.join('\n');
}

async function verifySnapshot(
  context: SnapshotContext,
  clone: VirtualMachineClone,
  name: string,
): Promise<Stage> {
  const snapshot = context.caches.vmSnapshots.get(clone.metadata.namespace, name);
  if (snapshot === undefined)
    return fails(`snapshot ${name} is not created yet for clone ${clone.metadata.name}`);
  if (snapshot.status?.readyToUse !== true) return waits();
  const reason = contentObstacle(context, snapshot);
  if (reason !== undefined) return waits({ failing: { event: 'SnapshotContentInvalid', reason } });
  const message = `snapshot ${name} for clone ${clone.metadata.name} is ready to use`;
  context.events.recordEvent(clone, 'Normal', 'SnapshotReady', message);
  return done({ snapshotReady: true });
}

function contentObstacle({ caches }: SnapshotContext, snapshot: VirtualMachineSnapshot): string | undefined {
  const { namespace, name } = snapshot.metadata;
  const content = caches.vmSnapshotContents.get(namespace, contentName(snapshot));
  if (content === undefined)
    return `snapshot content ${contentName(snapshot)} in namespace ${namespace} does not exist`;
  const { spec } = content.spec.source.virtualMachine;
  if (needsBackendStorage(spec))
    return `Clone of source with backendstorage is not supported: snapshot ${namespace}/${name}`;
  const saved = new Set(content.spec.volumeBackups?.map(({ volumeName }) => volumeName));
  const lost = (spec.template.spec.volumes ?? []).filter(
    (volume) => claimNameOf(volume) !== undefined && !saved.has(volume.name),
  );
  const told = lost.map((volume) => `volume ${volume.name} is not backed up in snapshot ${name}`);
  return told.length === 0 ? undefined : told.join('\n');
}
