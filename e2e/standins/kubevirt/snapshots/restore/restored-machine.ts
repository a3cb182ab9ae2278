import { ownerReference } from '../../../kube/objects.ts';
import type { DataVolumeTemplate, VirtualMachine, VirtualMachineSpec, Volume } from '../../types.ts';
import { runStrategyOf } from '../../vm/decide.ts';
import { legacyFirmwareUuid } from '../../vm/firmware.ts';
import { applyPatch, type PatchOperation } from '../json-patch.ts';
import type { CapturedMachine, VirtualMachineRestore, VolumeRestore } from '../types.ts';
import { LAST_RESTORE, restoreMark } from './names.ts';

/** The VM that a restore makes, or makes of the one that is there: as it was, on the restored volumes. */
export function restoredMachine(
  restore: VirtualMachineRestore,
  captured: CapturedMachine,
  target: VirtualMachine | undefined,
): VirtualMachine {
  const restored = target === undefined ? newMachine(restore, captured) : oldMachine(captured, target);
  const { metadata } = restored;
  const annotations = { ...metadata.annotations, [LAST_RESTORE]: restoreMark(restore) };
  const spec = onRestoredVolumes(restored.spec, restore.status?.restores ?? []);
  return {
    ...restored,
    metadata: { ...metadata, annotations },
    spec: captured.metadata.name === metadata.name ? withLegacyFirmware(spec, metadata.name) : spec,
  };
}

/** A new VM with the changes that were asked for. */
export function patched(vm: VirtualMachine, { spec }: VirtualMachineRestore): VirtualMachine {
  const operations = (spec.patches ?? []).map((patch) => JSON.parse(patch) as PatchOperation);
  try {
    return applyPatch(vm, operations);
  } catch (error) {
    throw new Error(`error patching VM ${vm.metadata.name}: ${(error as Error).message}`);
  }
}

function newMachine({ metadata, spec }: VirtualMachineRestore, captured: CapturedMachine): VirtualMachine {
  const { labels, annotations } = captured.metadata;
  const off = captured.spec.running === undefined ? { runStrategy: 'Halted' as const } : { running: false };
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name: spec.target.name, namespace: metadata.namespace, labels, annotations },
    spec: { ...captured.spec, ...off },
  } as VirtualMachine;
}

/** A VM that is there keeps its own run strategy. */
function oldMachine(captured: CapturedMachine, target: VirtualMachine): VirtualMachine {
  const keeps =
    target.spec.running === undefined
      ? { runStrategy: runStrategyOf(target), running: undefined }
      : { running: false, runStrategy: undefined };
  return { ...target, spec: { ...captured.spec, ...keeps } };
}

function onRestoredVolumes(spec: VirtualMachineSpec, restores: readonly VolumeRestore[]): VirtualMachineSpec {
  const { template, dataVolumeTemplates } = spec;
  const volumes = template.spec.volumes?.map((volume) => {
    const restore = restores.find(({ volumeName }) => volumeName === volume.name);
    return restore === undefined ? volume : onRestored(volume, restore);
  });
  return {
    ...spec,
    dataVolumeTemplates: dataVolumeTemplates?.map((one) =>
      renamed(one, template.spec.volumes ?? [], restores),
    ),
    template: { ...template, spec: { ...template.spec, volumes } },
  };
}

/** A volume of a DataVolume that no template makes becomes one of a claim. */
function onRestored(
  volume: Volume,
  { persistentVolumeClaim: claimName, dataVolumeName }: VolumeRestore,
): Volume {
  if (volume.persistentVolumeClaim !== undefined)
    return { ...volume, persistentVolumeClaim: { ...volume.persistentVolumeClaim, claimName } };
  if (dataVolumeName !== undefined)
    return { ...volume, dataVolume: { ...volume.dataVolume, name: dataVolumeName } };
  return { name: volume.name, persistentVolumeClaim: { claimName } };
}

function renamed(
  template: DataVolumeTemplate,
  volumes: readonly Volume[],
  restores: readonly VolumeRestore[],
): DataVolumeTemplate {
  const volume = volumes.find(({ dataVolume }) => dataVolume?.name === template.metadata.name);
  const name = restores.find(({ volumeName }) => volumeName === volume?.name)?.dataVolumeName;
  return name === undefined ? template : { ...template, metadata: { ...template.metadata, name } };
}

function withLegacyFirmware(spec: VirtualMachineSpec, name: string): VirtualMachineSpec {
  const { template } = spec;
  const { domain } = template.spec;
  if (domain.firmware?.uuid) return spec;
  const firmware = { ...domain.firmware, uuid: legacyFirmwareUuid(name) };
  return { ...spec, template: { ...template, spec: { ...template.spec, domain: { ...domain, firmware } } } };
}

export function ownedBy(vm: VirtualMachine) {
  return ownerReference(vm, { controller: true, blockOwnerDeletion: true });
}
