import { unlessNotFound } from '../../../kube/error.ts';
import { resourcePath, VirtualMachineRestores, VirtualMachineSnapshots } from '../../../kube/kinds.ts';
import type { SnapshotContext } from '../context.ts';
import type { VirtualMachineClone } from '../types.ts';
import { done, fails, type Stage, waits } from './progress.ts';

/** The third stage: the target is there. */
export async function verifyTarget(
  { caches, events }: SnapshotContext,
  clone: VirtualMachineClone,
): Promise<Stage> {
  const { namespace, name } = clone.metadata;
  const target = clone.spec.target!.name;
  if (caches.vms.get(namespace, target) === undefined)
    return fails(`target VM ${target} is not created yet for clone ${name}`);
  events.recordEvent(clone, 'Normal', 'TargetVMCreated', `created target VM ${target} for clone ${name}`);
  return done({ targetMade: true });
}

/** The last stage: once the target's volumes are filled, what was only made for the clone goes. */
export async function cleanUp(context: SnapshotContext, clone: VirtualMachineClone): Promise<Stage> {
  const { client, events } = context;
  const { namespace, name } = clone.metadata;
  const { restoreName, snapshotName } = clone.status ?? {};
  if (restoreName === undefined) return done();
  const unbound = claimsObstacle(context, clone, restoreName);
  if (unbound !== undefined) return unbound;
  events.recordEvent(clone, 'Normal', 'PVCBound', `all PVC for clone ${name} are bound`);
  await unlessNotFound(client.delete(resourcePath(VirtualMachineRestores, namespace, restoreName)));
  if (clone.spec.source.kind === 'VirtualMachine' && snapshotName !== undefined)
    await unlessNotFound(client.delete(resourcePath(VirtualMachineSnapshots, namespace, snapshotName)));
  return done({ claimsBound: true });
}

function claimsObstacle(
  { caches }: SnapshotContext,
  { metadata: { namespace, name } }: VirtualMachineClone,
  restoreName: string,
): Stage | undefined {
  const restore = caches.vmRestores.get(namespace, restoreName);
  if (restore === undefined) return fails(`restore ${restoreName} is not created yet for clone ${name}`);
  for (const { persistentVolumeClaim } of restore.status?.restores ?? []) {
    const claim = caches.claims.get(namespace, persistentVolumeClaim);
    if (claim === undefined)
      return fails(`PVC ${persistentVolumeClaim} is not created yet for clone ${name}`);
    if (claim.status?.phase !== 'Bound') return waits();
  }
  return undefined;
}
