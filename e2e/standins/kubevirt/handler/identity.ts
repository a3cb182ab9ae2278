import type { CloudInitSeed, GuestIdentity } from '../../guest/identity.ts';
import type { VirtualMachineInstance } from '../types.ts';
import { deviceNames } from './device-names.ts';

/** What KubeVirt gives a guest that tells it from others, besides its addresses. */
export function identityOf(vmi: VirtualMachineInstance): GuestIdentity {
  const { metadata, spec } = vmi;
  return {
    hostname: spec.hostname ?? metadata.name,
    productUuid: spec.domain.firmware?.uuid ?? '',
    seed: seedOf(vmi),
  };
}

/** The instance id of NoCloud data is the firmware's UUID, that of a ConfigDrive the name. */
function seedOf(vmi: VirtualMachineInstance): CloudInitSeed | undefined {
  const { metadata, spec } = vmi;
  const volume = spec.volumes?.find((each) => each.cloudInitNoCloud ?? each.cloudInitConfigDrive);
  if (volume === undefined) return undefined;
  const noCloud = volume.cloudInitNoCloud !== undefined;
  const device = `/dev/${deviceNames(vmi).get(volume.name)}`;
  return {
    instanceId: noCloud ? (spec.domain.firmware?.uuid ?? '') : `${metadata.name}.${metadata.namespace}`,
    localHostname: spec.hostname ?? metadata.name,
    source: `${noCloud ? 'cidata' : 'config-2'}:${device}`,
  };
}
