import { claimNameOf } from './claim-name.ts';
import { isHotpluggable } from './hotplug/requests.ts';
import type { Claim, DataVolume, VirtualMachineInstance } from './types.ts';
import type { Caches } from './world.ts';

export { claimNameOf } from './claim-name.ts';

/** The claims that an instance cannot start without and that are not there. */
export function missingClaims(vmi: VirtualMachineInstance, { claims }: Caches): string[] {
  const fixed = (vmi.spec.volumes ?? []).filter((volume) => !isHotpluggable(volume));
  return fixed
    .flatMap((volume) => claimNameOf(volume) ?? [])
    .filter((name) => claims.get(vmi.metadata.namespace, name) === undefined);
}

export function claimNames(vmi: VirtualMachineInstance): string[] {
  return (vmi.spec.volumes ?? []).flatMap((volume) => claimNameOf(volume) ?? []);
}

/** The DataVolumes behind an instance's volumes: named as such, or owners of the claims that are named. */
export function dataVolumesOf(vmi: VirtualMachineInstance, caches: Caches): DataVolume[] {
  const { namespace } = vmi.metadata;
  return (vmi.spec.volumes ?? []).flatMap((volume) => {
    const name = volume.dataVolume?.name ?? ownerOf(caches.claims.get(namespace, claimNameOf(volume) ?? ''));
    return (name !== undefined && caches.dataVolumes.get(namespace, name)) || [];
  });
}

/** A DataVolume is ready for a launcher when it is made, or waits for the launcher to be its first consumer. */
export function isReadyForLauncher({ status }: DataVolume): boolean {
  return ['Succeeded', 'WaitForFirstConsumer', 'PendingPopulation'].includes(status?.phase ?? '');
}

function ownerOf(claim: Claim | undefined): string | undefined {
  return claim?.metadata.ownerReferences?.find((owner) => owner.kind === 'DataVolume')?.name;
}
