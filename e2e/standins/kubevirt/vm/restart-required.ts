import { sameJson } from '../patch.ts';
import type { Condition, VirtualMachine, VirtualMachineSpec } from '../types.ts';

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
  return { type: 'RestartRequired', status: 'True', message };
}

function fixed({ template }: VirtualMachineSpec): object {
  return Object.fromEntries(Object.entries(template.spec).filter(([field]) => !LIVE.includes(field)));
}
