import { annotation, type KubeObject } from '../../../kube/objects.ts';
import type { VirtualMachineRestore } from '../types.ts';

export const RESTORE_NAME = 'restore.kubevirt.io/name';
export const LAST_RESTORE = 'restore.kubevirt.io/lastRestoreUID';
export const OWNED_BY_MACHINE = 'restore.kubevirt.io/owned-by-vm';
export const POPULATED_FOR = 'cdi.kubevirt.io/storage.populatedFor';

const LONGEST_NAME = 63;

/** What objects that a restore has made are marked with. */
export function restoreMark({ metadata }: VirtualMachineRestore): string {
  return `${metadata.name}-${metadata.uid}`;
}

export function isRestoredBy(restore: VirtualMachineRestore, object: KubeObject | undefined): boolean {
  return object !== undefined && annotation(object, LAST_RESTORE) === restoreMark(restore);
}

/** The name of the claim (and DataVolume) that a volume is restored to. */
export function restoredName({ metadata, spec }: VirtualMachineRestore, volumeName: string): string {
  const override = spec.volumeRestoreOverrides?.find((one) => one.volumeName === volumeName)?.restoreName;
  if (override) return override;
  if (spec.volumeRestorePolicy !== 'PrefixTargetName') return `restore-${metadata.uid}-${volumeName}`;
  const name = `${spec.target.name}-${volumeName}`;
  if (name.length <= LONGEST_NAME) return name;
  throw new Error(`the hash in the restored name of ${name} is not modelled by the stand-in`);
}
