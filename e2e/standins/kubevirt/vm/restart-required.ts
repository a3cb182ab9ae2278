import { timestamp } from '../conditions.ts';
import { fulfil, isHotpluggable } from '../hotplug/requests.ts';
import { sameJson } from '../patch.ts';
import type { Condition, InstanceSpec, VirtualMachine, VirtualMachineSpec } from '../types.ts';

/** The spec that a running instance was started with. */
export interface StartRevision {
  readonly spec: VirtualMachineSpec;
}

/** Fields of the template that a running instance takes over, or that only count when it is scheduled anew. */
const LIVE = ['nodeSelector', 'affinity', 'tolerations'];

/** Whether a VM's template is word for word what its instance was started with. */
export function templateIsAsStarted({ spec }: VirtualMachine, revision: StartRevision | undefined): boolean {
  return revision === undefined || sameJson(spec.template, revision.spec.template);
}

/** The condition of a VM whose changes wait for a restart; `undefined` when there are none, or they were undone. */
export function restartRequired(
  { spec }: VirtualMachine,
  revision: StartRevision | undefined,
): Condition | undefined {
  if (revision === undefined || sameJson(fixed(spec), fixed(revision.spec))) return undefined;
  const message = 'a non-live-updatable field was changed in the template spec';
  return { type: 'RestartRequired', status: 'True', message, lastTransitionTime: timestamp() };
}

function fixed({ template }: VirtualMachineSpec): object {
  const spec = withoutHotplugged(template.spec);
  return Object.fromEntries(Object.entries(spec).filter(([field]) => !LIVE.includes(field)));
}

/** What is plugged in and pulled out while the instance runs needs no restart. */
function withoutHotplugged(spec: InstanceSpec): InstanceSpec {
  const names = (spec.volumes ?? []).filter(isHotpluggable).map(({ name }) => name);
  return names.reduce((rest, name) => fulfil(rest, { removeVolumeOptions: { name } }), spec);
}
