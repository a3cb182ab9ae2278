/** What the volumes of a VM refer to. */
import type { VirtualMachine } from '../cluster/kinds.generated.ts';

export type Volume = NonNullable<NonNullable<VirtualMachine['spec']['template']['spec']>['volumes']>[number];

/** The claim that a volume stores its disk in. A DataVolume's claim has its name. */
export function claimOf(volume: Volume): string | undefined {
  return (
    volume.persistentVolumeClaim?.claimName ??
    volume.dataVolume?.name ??
    volume.ephemeral?.persistentVolumeClaim?.claimName
  );
}

/** The claims of all volumes, each once. */
export function claimsNamedBy(volumes: readonly Volume[]): readonly string[] {
  return [...new Set(volumes.map(claimOf).filter((name) => name !== undefined))];
}
