import { isTrue } from '../conditions.ts';
import type { Domain } from '../domain/domain.ts';
import type { Pod, Probe, VirtualMachineInstance } from '../types.ts';
import type { World } from '../world.ts';

/**
 * Lets a launcher be ready while its guest answers the readinessProbe, and not while it does not. Answers whether the
 * pod says no more than that already: only then may the instance be told to run, or it would be ready for a moment.
 */
export function gatePod(
  { context: { podReadiness } }: World,
  { spec }: VirtualMachineInstance,
  domain: Domain,
  pod: Pod | undefined,
): boolean {
  if (spec.readinessProbe === undefined || pod === undefined) return true;
  const { namespace, name } = pod.metadata;
  if (answers(spec.readinessProbe, domain)) {
    podReadiness.release(namespace!, name);
    return true;
  }
  podReadiness.hold(namespace!, name);
  return !isTrue(pod.status?.conditions, 'Ready');
}

function answers(probe: Probe, domain: Domain): boolean {
  const byAgent = probe.exec !== undefined || probe.guestAgentPing !== undefined;
  return byAgent ? domain.agentConnected && domain.serving : domain.serving;
}
