import type { Domain } from './domain.ts';

export type Words = Readonly<Record<string, string | number | boolean>>;

const MASQUERADED = '10.0.2.2';
/** The guest's own service sends orders to a peer only where it is given one, which it never is here. */
const NO_PEER = {
  peer: '',
  peer_up: false,
  peer_sent: 0,
  peer_acked: 0,
  peer_errors: 0,
  peer_received: 0,
};

/** What a guest says of itself when it is asked over the network: it goes on answering while it is frozen. */
export function interview(domain: Domain | undefined): Words {
  const guest = domain?.guest;
  if (domain === undefined || guest === undefined || !domain.serving || domain.paused)
    return { error: 'no answer' };
  const { identity, disks } = domain.definition;
  const [mac = ''] = domain.macs.values();
  return {
    hostname: identity.hostname,
    boots: guest.boots,
    counter: guest.written,
    requests: 1,
    uptime_ms: domain.uptimeMs,
    last_write_age_ms: guest.lastWriteAgeMs,
    frozen: domain.fileSystems.frozen,
    disks: disks.length,
    writer_errors: 0,
    instance_id: identity.seed?.instanceId ?? '',
    local_hostname: identity.seed?.localHostname ?? '',
    identity_source: identity.seed?.source ?? 'none',
    product_uuid: identity.productUuid,
    mac,
    ip: MASQUERADED,
    ...NO_PEER,
  };
}
