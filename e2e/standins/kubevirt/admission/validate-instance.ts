import { sameJson } from '../patch.ts';
import type { InstanceSpec, VirtualMachineInstance } from '../types.ts';
import type { AdmissionRequest } from './admit.ts';
import { type Cause, invalid } from './cause.ts';
import { RESERVED_LABELS } from './reserved-labels.ts';
import { specCauses } from './spec-checks.ts';

/** Why an instance may not be made. Stricter than for VMs: here it is to run. */
export function validateInstance({ spec, metadata }: VirtualMachineInstance): Cause[] {
  return [...specCauses('spec', spec, metadata.labels), ...memoryCauses(spec)];
}

/** An instance's spec and KubeVirt's own labels are KubeVirt's to change. */
export function validateInstanceUpdate(request: AdmissionRequest<VirtualMachineInstance>): Cause[] {
  const { object, oldObject } = request;
  if (oldObject === null) return [];
  if (!sameJson(object.spec, oldObject.spec)) return [restricted('update of VMI object is restricted')];
  const changed = RESERVED_LABELS.some(
    (label) => object.metadata.labels?.[label] !== oldObject.metadata.labels?.[label],
  );
  const prohibited =
    'modification of the following reserved kubevirt.io/ labels on a VMI object is prohibited';
  return changed ? [restricted(prohibited)] : [];
}

function restricted(message: string): Cause {
  return { reason: 'FieldValueNotSupported', message };
}

function memoryCauses({ domain: { memory, resources } }: InstanceSpec): Cause[] {
  const given = memory?.guest ?? memory?.hugepages?.pageSize ?? resources?.requests?.memory;
  if (given !== undefined) return [];
  const fields =
    "'spec.domain.memory.guest', 'spec.domain.memory.hugepages.pageSize' or 'spec.domain.resources.requests.memory'";
  return [invalid('spec.domain', `no memory requested, at least one of ${fields} must be set`)];
}
