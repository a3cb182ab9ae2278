import { claimNameOf } from '../claim-name.ts';
import { isHotpluggable } from '../hotplug/requests.ts';
import type { VirtualMachineInstance, Volume } from '../types.ts';

/** What a launcher mounts for its instance's volumes, as far as the kubelet can lack it. */
export function launcherVolumes({ spec }: VirtualMachineInstance): object[] {
  const fixed = (spec.volumes ?? []).filter((volume) => !isHotpluggable(volume));
  return fixed.flatMap((volume): object[] => {
    const { name } = volume;
    const claimName = claimNameOf(volume);
    if (claimName !== undefined) return [{ name, persistentVolumeClaim: { claimName } }];
    return [...secretVolumes(volume), ...diskImages(volume)];
  });
}

/** The secrets of cloud-init data are mounted beside each other. */
function secretVolumes({ name, cloudInitNoCloud, cloudInitConfigDrive, secret }: Volume): object[] {
  const { secretRef, networkDataSecretRef } = (cloudInitNoCloud ?? cloudInitConfigDrive ?? {}) as CloudInit;
  return [
    { name: `${name}-udata`, secretName: secretRef?.name },
    { name: `${name}-ndata`, secretName: networkDataSecretRef?.name },
    { name, secretName: (secret as { secretName?: string } | undefined)?.secretName },
  ].flatMap((each) =>
    each.secretName ? [{ name: each.name, secret: { secretName: each.secretName } }] : [],
  );
}

interface CloudInit {
  readonly secretRef?: { readonly name?: string };
  readonly networkDataSecretRef?: { readonly name?: string };
}

function diskImages({ name, containerDisk }: Volume): object[] {
  if (containerDisk === undefined) return [];
  const { image, imagePullPolicy } = containerDisk as { image: string; imagePullPolicy?: string };
  return [{ name, image: { reference: image, pullPolicy: imagePullPolicy } }];
}
