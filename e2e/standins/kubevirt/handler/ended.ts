import { withoutCondition } from '../conditions.ts';
import type { Domain } from '../domain/domain.ts';
import type { Condition, InstanceStatus, InterfaceStatus, VirtualMachineInstance } from '../types.ts';
import { inPhase } from '../vmi/phase.ts';

/** The status of an instance whose domain has ended: only a guest that shut down, or was killed without grace, succeeded. */
export function endedStatus(vmi: VirtualMachineInstance, domain: Domain): InstanceStatus {
  const status = vmi.status ?? {};
  const gone = ['AgentConnected', 'Paused', 'Synchronized'];
  const conditions = gone.reduce<Condition[]>(withoutCondition, status.conditions ?? []);
  const ended = inPhase(status, succeeded(domain) ? 'Succeeded' : 'Failed');
  return {
    ...ended,
    conditions,
    interfaces: status.interfaces?.map(lastAddress),
  };
}

const MASQUERADED = '10.0.2.2';

/** Without its launcher an interface has the address that the guest itself saw, if its agent told it. */
function lastAddress({ ipAddress, ipAddresses, ...rest }: InterfaceStatus): InterfaceStatus {
  const told = rest.infoSource?.includes('guest-agent') ?? false;
  return told ? { ...rest, ipAddress: MASQUERADED, ipAddresses: [MASQUERADED] } : rest;
}

export function succeeded(domain: Domain): boolean {
  return domain.end === 'Shutdown';
}
