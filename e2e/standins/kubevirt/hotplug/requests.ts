import type { Disk, InstanceSpec, VirtualMachine, Volume } from '../types.ts';

/** What somebody asked a running machine for: a volume more, or one less. */
export interface VolumeRequest {
  readonly addVolumeOptions?: AddVolumeOptions;
  readonly removeVolumeOptions?: RemoveVolumeOptions;
}

export interface AddVolumeOptions {
  readonly name: string;
  readonly disk: Omit<Disk, 'name'>;
  readonly volumeSource: VolumeSource;
  readonly dryRun?: readonly string[];
}

export type VolumeSource = Pick<Volume, 'persistentVolumeClaim' | 'dataVolume'>;

export interface RemoveVolumeOptions {
  readonly name: string;
  readonly dryRun?: readonly string[];
}

export function isHotpluggable({ persistentVolumeClaim, dataVolume }: VolumeSource): boolean {
  return persistentVolumeClaim?.hotpluggable === true || dataVolume?.hotpluggable === true;
}

/** A spec in which a request is fulfilled; the same one where it is already. */
export function fulfil(spec: InstanceSpec, request: VolumeRequest): InstanceSpec {
  const { addVolumeOptions: added, removeVolumeOptions: removed } = request;
  if (added !== undefined) return has(spec, added.name) ? spec : withVolume(spec, added);
  return removed !== undefined && has(spec, removed.name) ? withoutVolume(spec, removed.name) : spec;
}

function has({ volumes = [] }: InstanceSpec, name: string): boolean {
  return volumes.some((volume) => volume.name === name);
}

function withVolume(spec: InstanceSpec, { name, disk, volumeSource }: AddVolumeOptions): InstanceSpec {
  const disks = [...(spec.domain.devices.disks ?? []), { ...disk, name }];
  return withDisks({ ...spec, volumes: [...(spec.volumes ?? []), { ...volumeSource, name }] }, disks);
}

function withoutVolume(spec: InstanceSpec, name: string): InstanceSpec {
  const disks = (spec.domain.devices.disks ?? []).filter((disk) => disk.name !== name);
  const volumes = (spec.volumes ?? []).filter((volume) => volume.name !== name);
  return withDisks({ ...spec, volumes }, disks);
}

function withDisks(spec: InstanceSpec, disks: Disk[]): InstanceSpec {
  return { ...spec, domain: { ...spec.domain, devices: { ...spec.domain.devices, disks } } };
}

/** Those of a VM's requests that its template does not fulfil yet. */
export function openRequests({ spec, status }: VirtualMachine): VolumeRequest[] | undefined {
  const requests = (status?.volumeRequests ?? []) as VolumeRequest[];
  const open = requests.filter((request) => fulfil(spec.template.spec, request) !== spec.template.spec);
  return open.length === 0 ? undefined : open;
}
