import { unlessNotFound } from '../../kube/error.ts';
import { conditionOf, withTimedCondition } from '../conditions.ts';
import { sameJson } from '../patch.ts';
import type { InstanceStatus, VirtualMachineInstance } from '../types.ts';
import { pathOf } from '../vmi/reconcile.ts';
import type { World } from '../world.ts';
import { migratableStatus } from './migratable.ts';

/** Says in an instance why its domain is not as it should be. */
export async function syncFailed(world: World, vmi: VirtualMachineInstance, message: string): Promise<void> {
  const reason = 'Synchronizing with the Domain failed.';
  const current = world.caches.vmis.get(vmi.metadata.namespace, vmi.metadata.name) ?? vmi;
  const told = conditionOf(current.status?.conditions, 'Synchronized')?.message;
  if (told !== undefined && timeless(told) === timeless(message)) return;
  world.handler.events.recordEvent(vmi, 'Warning', 'SyncFailed', message);
  const synchronized = { type: 'Synchronized', status: 'False' as const, reason, message };
  const status = withMigration(world, current);
  const conditions = withTimedCondition(status.conditions, synchronized);
  await write(world, current, { ...status, conditions });
}

/** What QEMU says begins with when it said it: each attempt would be news. */
function timeless(message: string): string {
  return message.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, '');
}

/** The status with what a scheduled instance says of migration. */
export function withMigration({ caches }: World, vmi: VirtualMachineInstance): InstanceStatus {
  if (vmi.status?.migrationMethod !== undefined) return vmi.status;
  return migratableStatus(vmi, (name) => caches.claims.get(vmi.metadata.namespace, name));
}

/** The launcher waits a little after its domain's end, then exits. */
export function exitLauncher(world: World, vmi: VirtualMachineInstance): void {
  const { pace, podReadiness, signal } = world.context;
  const pod = world.launchers.of(vmi);
  if (pod === undefined) return;
  const { namespace, name } = pod.metadata;
  pace.wait('launcher exits', signal).then(
    () => podReadiness.exit(namespace!, name, 0),
    () => {},
  );
}

/** Writes an instance's status if it says something new. */
export async function write(
  world: World,
  vmi: VirtualMachineInstance,
  status: InstanceStatus,
): Promise<void> {
  if (sameJson(status, vmi.status)) return;
  const request = world.handler.client.replace<VirtualMachineInstance>(pathOf(vmi), { ...vmi, status });
  const written = await unlessNotFound(request);
  if (written?.metadata?.uid === vmi.metadata.uid) world.caches.vmis.observe(written);
}
