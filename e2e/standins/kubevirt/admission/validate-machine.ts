import type { DataVolumeTemplate, VirtualMachine } from '../types.ts';
import { type Cause, invalid, required } from './cause.ts';
import { specCauses } from './spec-checks.ts';

const RUN_STRATEGIES = ['Always', 'RerunOnFailure', 'Manual', 'Once', 'Halted'];

/** Why a VM may not be made or changed so. Accepts much that can never run, as the real one does. */
export function validateMachine(vm: VirtualMachine): Cause[] {
  const { metadata, spec } = vm.spec.template;
  return [
    ...specCauses('spec.template.spec', spec, metadata?.labels, 'spec.template.metadata.labels'),
    ...runStrategyCauses(vm),
    ...dataVolumeTemplateCauses(vm),
  ];
}

export function deprecations({ spec }: VirtualMachine): string[] {
  return spec.running === undefined
    ? []
    : ['spec.running is deprecated, please use spec.runStrategy instead.'];
}

function runStrategyCauses({ spec: { running, runStrategy } }: VirtualMachine): Cause[] {
  const exclusive =
    'Running and RunStrategy are mutually exclusive. Note that Running is deprecated, please use RunStrategy instead';
  if (running !== undefined && runStrategy !== undefined) return [invalid('spec.running', exclusive)];
  if (running === undefined && runStrategy === undefined)
    return [invalid('spec.running', 'RunStrategy must be specified')];
  if (runStrategy === undefined || RUN_STRATEGIES.includes(runStrategy)) return [];
  const gate = ', DecentralizedLiveMigration feature gate is not enabled in kubevirt resource';
  const because = runStrategy === 'WaitAsReceiver' ? gate : '';
  return [invalid('spec.runStrategy', `Invalid RunStrategy (${runStrategy})${because}`)];
}

function dataVolumeTemplateCauses(vm: VirtualMachine): Cause[] {
  return (vm.spec.dataVolumeTemplates ?? []).flatMap((template, index) => [
    ...unused(vm, template, index),
    ...elsewhere(vm, template, index),
    ...withoutSource(template, index),
  ]);
}

function unused(
  { spec }: VirtualMachine,
  { metadata: { name } }: DataVolumeTemplate,
  index: number,
): Cause[] {
  const used = spec.template.spec.volumes?.some(
    ({ dataVolume, persistentVolumeClaim }) =>
      dataVolume?.name === name || persistentVolumeClaim?.claimName === name,
  );
  if (used) return [];
  const field = `spec.dataVolumeTemplate[${index}]`;
  return [
    required(
      field,
      `DataVolumeTemplate entry ${field} must be referenced in the VMI template's 'volumes' list`,
    ),
  ];
}

function elsewhere(vm: VirtualMachine, { metadata }: DataVolumeTemplate, index: number): Cause[] {
  const { namespace } = metadata as { namespace?: string };
  if (namespace === undefined || namespace === vm.metadata.namespace) return [];
  const message = `Embedded DataVolume namespace ${namespace} differs from VM namespace ${vm.metadata.namespace}`;
  return [invalid(`spec.dataVolumeTemplates[${index}]`, message)];
}

function withoutSource({ spec }: DataVolumeTemplate, index: number): Cause[] {
  const storage = spec.storage as { dataSource?: object; dataSourceRef?: object } | undefined;
  const claim = spec.pvc as { dataSource?: object; dataSourceRef?: object } | undefined;
  const populated = [storage, claim].some((part) => part?.dataSource ?? part?.dataSourceRef);
  if (spec.source !== undefined || spec.sourceRef !== undefined || populated) return [];
  const field = `spec.dataVolumeTemplate[${index}].source.sourceRef`;
  return [invalid(field, 'Data volume should have either Source, SourceRef, or be externally populated')];
}
