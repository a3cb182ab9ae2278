import { withCondition } from '../conditions.ts';
import type { Claim, Condition, InstanceStatus, VirtualMachineInstance } from '../types.ts';
import { claimNames } from '../volumes.ts';

/** What a scheduled instance says of migration: a volume that one node alone can hold forbids it. */
export function migratableStatus(
  vmi: VirtualMachineInstance,
  claim: (name: string) => Claim | undefined,
): InstanceStatus {
  const unshared = claimNames(vmi).find((name) => !claim(name)?.spec.accessModes?.includes('ReadWriteMany'));
  const migratable: Condition =
    unshared === undefined
      ? { type: 'LiveMigratable', status: 'True' }
      : {
          type: 'LiveMigratable',
          status: 'False',
          reason: 'DisksNotLiveMigratable',
          message: notShared(unshared),
        };
  return {
    ...vmi.status,
    migrationMethod: unshared === undefined ? 'LiveMigration' : 'BlockMigration',
    selinuxContext: 'none',
    conditions: withCondition(withCondition(vmi.status?.conditions, migratable), {
      type: 'StorageLiveMigratable',
      status: 'True',
    }),
  };
}

export function notShared(claim: string): string {
  const rule = 'live migration requires that all PVCs must be shared (using ReadWriteMany access mode)';
  return `cannot migrate VMI: PVC ${claim} is not shared, ${rule}`;
}
