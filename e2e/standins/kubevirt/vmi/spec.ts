import type { InstanceSpec, Probe, VirtualMachineInstance } from '../types.ts';
import { execByLauncher } from './launcher-pod.ts';

/** Rendering a launcher rewrites the instance's own probes where they are commands, and that is written too. */
export function specByController(vmi: VirtualMachineInstance): InstanceSpec {
  const { readinessProbe, livenessProbe } = vmi.spec;
  if (readinessProbe?.exec === undefined && livenessProbe?.exec === undefined) return vmi.spec;
  const rewritten = (probe: Probe | undefined) =>
    probe?.exec === undefined ? probe : { ...probe, exec: { command: [...execByLauncher(vmi, probe)] } };
  return {
    ...vmi.spec,
    readinessProbe: rewritten(readinessProbe),
    livenessProbe: rewritten(livenessProbe),
  };
}
