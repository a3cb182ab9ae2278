import { apiVersion, VirtualMachineRestores } from '../../../kube/kinds.ts';
import { ownerReference } from '../../../kube/objects.ts';
import type { SnapshotContext } from '../context.ts';
import { isProgressing } from '../restore/progress.ts';
import { contentName } from '../snapshot/facts.ts';
import type { CapturedMachine, VirtualMachineClone } from '../types.ts';
import { makeFor } from './make.ts';
import { clonePatches } from './patches.ts';
import { done, fails, type Stage, waits } from './progress.ts';

/** The second stage: the snapshot restored to the target, with what is to be otherwise. */
export async function restoreSnapshot(context: SnapshotContext, clone: VirtualMachineClone): Promise<Stage> {
  const { restoreName } = clone.status ?? {};
  return restoreName === undefined
    ? createRestore(context, clone)
    : verifyRestore(context, clone, restoreName);
}

async function createRestore(context: SnapshotContext, clone: VirtualMachineClone): Promise<Stage> {
  const found = capturedBy(context, clone);
  if ('news' in found) return found;
  const restore = restoreFor(clone, found.captured, found.snapshotName);
  const refusal = await makeFor(context, clone, {
    what: 'Restore',
    kind: VirtualMachineRestores,
    cache: context.caches.vmRestores,
    object: restore,
  });
  if (refusal === undefined) return waits({ restoreName: restore.metadata.name });
  context.events.recordEvent(clone, 'Warning', 'RestoreCreationFailed', refusal);
  return fails(refusal);
}

/** The VM in the snapshot that a clone is made from, or why there is none. */
function capturedBy(
  { caches }: SnapshotContext,
  { metadata, spec, status }: VirtualMachineClone,
): Stage | { captured: CapturedMachine; snapshotName: string } {
  const { namespace } = metadata;
  const snapshotName =
    spec.source.kind === 'VirtualMachineSnapshot' ? spec.source.name : status!.snapshotName!;
  const snapshot = caches.vmSnapshots.get(namespace, snapshotName);
  if (snapshot === undefined) {
    const reason = `snapshot ${snapshotName} does not exist anymore`;
    return waits({ failing: { event: 'SnapshotDeleted', reason } });
  }
  const content = caches.vmSnapshotContents.get(namespace, contentName(snapshot));
  if (content !== undefined) return { captured: content.spec.source.virtualMachine, snapshotName };
  const missing = `snapshot content ${contentName(snapshot)} in namespace ${namespace} does not exist`;
  return fails(`cannot get VM manifest from snapshot: ${missing}`);
}

function restoreFor(clone: VirtualMachineClone, captured: CapturedMachine, snapshotName: string) {
  const { metadata, spec } = clone;
  const ownerReferences = [ownerReference(clone, { controller: true, blockOwnerDeletion: true })];
  return {
    apiVersion: apiVersion(VirtualMachineRestores),
    kind: VirtualMachineRestores.kind,
    metadata: { name: `tmp-restore-${metadata.uid}`, namespace: metadata.namespace, ownerReferences },
    spec: {
      target: spec.target,
      virtualMachineSnapshotName: snapshotName,
      patches: clonePatches(captured, spec),
      volumeRestorePolicy: spec.volumeNamePolicy,
    },
  };
}

function verifyRestore({ caches, events }: SnapshotContext, clone: VirtualMachineClone, name: string): Stage {
  const { namespace, name: own } = clone.metadata;
  const restore = caches.vmRestores.get(namespace, name);
  if (restore === undefined) return fails(`restore ${name} is not created yet for clone ${own}`);
  if (isProgressing(restore)) return waits();
  events.recordEvent(clone, 'Normal', 'RestoreReady', `restore ${name} for clone ${own} is ready to use`);
  return done({ restoreReady: true, targetName: restore.spec.target.name });
}
