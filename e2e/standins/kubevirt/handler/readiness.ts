import type { Domain } from '../domain/domain.ts';
import { Prober } from '../domain/prober.ts';
import type { Pod, VirtualMachineInstance } from '../types.ts';
import { PROBE_DELAY_SECONDS } from '../vmi/launcher-pod.ts';
import type { World } from '../world.ts';
import { askGuest } from './probe-answers.ts';

/** Lets a launcher be ready while its guest answers the readinessProbe, from when it runs to the domain's end. */
export function probeReadiness(world: World, vmi: VirtualMachineInstance, domain: Domain): void {
  const { readinessProbe: probe } = vmi.spec;
  const pod = world.launchers.of(vmi);
  if (probe === undefined || pod === undefined) return;
  const { podReadiness, pace } = world.context;
  const { namespace, name } = pod.metadata;
  const prober = new Prober({
    probe,
    extraDelaySeconds: PROBE_DELAY_SECONDS,
    pace,
    ask: () => {
      // Fast probes come so often that they would notice pauses that are too short for any real one.
      if (domain.paused && pace.name === 'fast') return undefined;
      const ip = world.launchers.of(vmi)?.status?.podIP ?? '';
      return askGuest(probe, domain, ip);
    },
    onReady: (ready) =>
      ready ? podReadiness.release(namespace!, name) : podReadiness.hold(namespace!, name),
    onFailure: (failure) => tell(world, vmi, pod, failure),
  });
  domain.accompany(prober);
}

function tell({ handler }: World, vmi: VirtualMachineInstance, pod: Pod, failure: string): void {
  handler.events.recordEvent(pod, 'Warning', 'Unhealthy', `Readiness probe failed: ${failure}`);
  if (vmi.spec.readinessProbe?.guestAgentPing === undefined) return;
  const message = `GuestAgentPing probe failed for VMI ${vmi.metadata.name}`;
  handler.events.recordEvent(vmi, 'Warning', 'GuestAgentPingFailed', message);
}
