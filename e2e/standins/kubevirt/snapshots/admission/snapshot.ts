import type { AdmissionRequest } from '../../admission/admit.ts';
import { type Cause, invalid } from '../../admission/cause.ts';
import { sameJson } from '../../patch.ts';
import type { VirtualMachineSnapshot } from '../types.ts';

/** Why a VirtualMachineSnapshot may not be made or changed so. Whether its VM is there is not asked. */
export function validateSnapshot(request: AdmissionRequest<VirtualMachineSnapshot>): Cause[] {
  const { object, oldObject } = request;
  if (oldObject !== null) return specIsChanged(object, oldObject);
  return machineCauses(object.spec.source, 'spec.source');
}

/** A reference that must be one to a VM. */
export function machineCauses(
  { apiGroup, kind }: VirtualMachineSnapshot['spec']['source'],
  field: string,
): Cause[] {
  if (apiGroup === undefined || apiGroup === null)
    return [{ reason: 'FieldValueNotFound', message: 'missing apiGroup', field: `${field}.apiGroup` }];
  if (apiGroup !== 'kubevirt.io') return [invalid(`${field}.apiGroup`, 'invalid apiGroup')];
  return kind === 'VirtualMachine' ? [] : [invalid(`${field}.kind`, 'invalid kind')];
}

export function specIsChanged(object: { spec: object }, oldObject: { spec: object }): Cause[] {
  return sameJson(object.spec, oldObject.spec) ? [] : [invalid('spec', 'spec in immutable after creation')];
}
