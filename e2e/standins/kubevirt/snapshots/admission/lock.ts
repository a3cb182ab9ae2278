import type { AdmissionRequest } from '../../admission/admit.ts';
import type { Cause } from '../../admission/cause.ts';
import { sameJson } from '../../patch.ts';
import type { VirtualMachine, VirtualMachineSpec } from '../../types.ts';
import { runStrategyOf } from '../../vm/decide.ts';

/** What of a VM cannot be changed while a snapshot or a restore is in progress. */
export function lockCauses({ object, oldObject }: AdmissionRequest<VirtualMachine>): Cause[] {
  if (oldObject === null) return [];
  const { snapshotInProgress, restoreInProgress } = object.status ?? {};
  const changes = changesOf(oldObject, object);
  if (snapshotInProgress !== undefined && changes.volumes)
    return [refused(`Cannot update vm disks or volumes until snapshot "${snapshotInProgress}" completes`)];
  if (snapshotInProgress !== undefined && changes.running)
    return [refused(`Cannot update vm running state until snapshot "${snapshotInProgress}" completes`)];
  if (restoreInProgress !== undefined && runStrategyOf(oldObject) !== runStrategyOf(object))
    return [refused(`Cannot update VM runStrategy until restore "${restoreInProgress}" completes`)];
  return [];
}

function changesOf(before: VirtualMachine, after: VirtualMachine) {
  const volumes = ({ spec }: VirtualMachine) => spec.template.spec.volumes ?? [];
  return {
    volumes: !sameJson(volumes(before), volumes(after)),
    running: !sameRunning(before.spec, after.spec),
  };
}

/** Saying the same by the other field is a change, too. */
function sameRunning(before: VirtualMachineSpec, after: VirtualMachineSpec): boolean {
  if (before.running !== undefined && after.running !== undefined) return before.running === after.running;
  if (before.runStrategy === undefined || after.runStrategy === undefined) return false;
  return before.runStrategy === after.runStrategy;
}

function refused(message: string): Cause {
  return { reason: 'FieldValueNotSupported', message, field: 'spec' };
}
