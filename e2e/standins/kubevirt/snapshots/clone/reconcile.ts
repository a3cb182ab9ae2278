import type { Again } from '../../../kube/controller.ts';
import { unlessNotFound } from '../../../kube/error.ts';
import { resourcePath, VirtualMachineClones } from '../../../kube/kinds.ts';
import { isDeleting, joinKey, splitKey } from '../../../kube/objects.ts';
import { needsBackendStorage } from '../backend-storage.ts';
import type { SnapshotContext } from '../context.ts';
import type { CloneStatus, VirtualMachineClone } from '../types.ts';
import { writeStatus } from '../write.ts';
import { cleanUp, verifyTarget } from './finish.ts';
import type { Progress, Stage, Told } from './progress.ts';
import { restoreSnapshot } from './restore-snapshot.ts';
import { cloneStatus } from './status.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** What virt-controller does for a VirtualMachineClone: a snapshot, its restore to the target, and tidying up. */
export async function reconcileClone(context: SnapshotContext, key: string): Promise<Again> {
  const { namespace, name } = splitKey(key);
  const { client, caches, events } = context;
  const clone = caches.vmClones.get(namespace, name);
  if (clone === undefined) return;
  if (targetIsGone(context, clone)) {
    const path = resourcePath(VirtualMachineClones, namespace, name);
    if (!isDeleting(clone)) await unlessNotFound(client.delete(path));
    return;
  }
  const progress = await advance(context, clone);
  const told = progress.failing ?? progress.pending;
  if (told !== undefined) events.recordEvent(clone, 'Normal', told.event, told.reason);
  await writeStatus(client, caches.vmClones, clone, cloneStatus(clone.status ?? {}, progress));
  if (progress.error) throw progress.error;
}

/** A clone goes when what it made has gone. */
function targetIsGone({ caches }: SnapshotContext, { metadata, status }: VirtualMachineClone): boolean {
  return (
    status?.phase === 'Succeeded' && caches.vms.get(metadata.namespace, status.targetName ?? '') === undefined
  );
}

type Work = (context: SnapshotContext, clone: VirtualMachineClone) => Promise<Stage>;

const stages: readonly Work[] = [takeSnapshot, restoreSnapshot, verifyTarget, cleanUp];

/** With which stage a pass begins. */
const FIRST: Record<NonNullable<CloneStatus['phase']>, number> = {
  SnapshotInProgress: 0,
  RestoreInProgress: 1,
  CreatingTargetVM: 2,
  Succeeded: 3,
  Failed: stages.length,
};

async function advance(context: SnapshotContext, clone: VirtualMachineClone): Promise<Progress> {
  const obstacle = sourceObstacle(context, clone);
  if (obstacle !== undefined) return obstacle;
  let progress: Progress = {};
  for (const stage of stages.slice(FIRST[clone.status?.phase ?? 'SnapshotInProgress'])) {
    const { news, done } = await stage(context, clone);
    progress = { ...progress, ...news };
    if (!done) break;
  }
  return progress;
}

function sourceObstacle(
  { caches }: SnapshotContext,
  { metadata, spec }: VirtualMachineClone,
): Progress | undefined {
  const { kind, name } = spec.source;
  const { namespace } = metadata;
  const key = joinKey(namespace, name);
  if (kind === 'VirtualMachineSnapshot')
    return caches.vmSnapshots.get(namespace, name) ? undefined : { pending: missing(kind, key) };
  const vm = caches.vms.get(namespace, name);
  if (vm === undefined) return { pending: missing(kind, key) };
  if (!needsBackendStorage(vm.spec)) return undefined;
  const reason = `Clone of source with backendstorage is not supported: VM ${key}`;
  return { failing: { event: 'SourceVMWithBackendStorageInvalid', reason } };
}

function missing(kind: string, key: string): Told {
  return { event: 'SourceDoesNotExist', reason: `Source doesnt exist: ${kind} ${key}` };
}
