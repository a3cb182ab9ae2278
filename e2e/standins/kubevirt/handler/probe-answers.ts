import type { Domain } from '../domain/domain.ts';
import { LibvirtError } from '../domain/libvirt-error.ts';
import type { ProbeResult } from '../domain/prober.ts';
import type { Probe } from '../types.ts';

/** What comes of asking a guest once, in the words of who asks: the kubelet, or `virt-probe` in the launcher. */
export function askGuest(probe: Probe, domain: Domain, ip: string): ProbeResult {
  if (probe.guestAgentPing !== undefined)
    return byAgent(domain, domain.agentConnected, 'Failed to ping the guest');
  if (probe.exec !== undefined)
    return byAgent(domain, domain.agentConnected && domain.serving, 'Failed executing the command');
  const { port = 0, path = '/' } = probe.httpGet ?? probe.tcpSocket ?? {};
  const refusal = connectionRefusal(domain, Number(port), `${ip}:${port}`, probe.httpGet !== undefined);
  if (refusal === undefined) return 'success';
  return { failure: probe.httpGet === undefined ? refusal : `Get "http://${ip}:${port}${path}": ${refusal}` };
}

/** A guest that runs refuses a connection to a closed port, one that does not leaves it without an answer. */
function connectionRefusal(
  domain: Domain,
  port: number,
  address: string,
  byHttp: boolean,
): string | undefined {
  if (domain.guest !== undefined && !domain.paused) {
    const open = domain.serving && (domain.definition.profile.port ?? port) === port;
    return open ? undefined : `dial tcp ${address}: connect: connection refused`;
  }
  if (byHttp) return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  return `dial tcp ${address}: i/o timeout`;
}

function byAgent(domain: Domain, answers: boolean, message: string): ProbeResult {
  if (answers && !domain.paused) return 'success';
  const why = new LibvirtError(86, 'Guest agent is not responding: QEMU guest agent is not connected');
  const reason = `rpc error: code = Unknown desc = ${why.message.replace('LibvirtError', 'virError')}`;
  return { failure: JSON.stringify({ component: 'virt-probe', level: 'fatal', msg: message, reason }) };
}
