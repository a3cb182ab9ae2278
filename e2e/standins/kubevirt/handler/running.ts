import { timestamp, withCondition, withoutCondition } from '../conditions.ts';
import type { Domain } from '../domain/domain.ts';
import { nextHotplugStatus } from '../hotplug/handler-status.ts';
import type { Condition, InstanceStatus, InterfaceStatus, Pod, VirtualMachineInstance } from '../types.ts';
import { deviceNames } from './device-names.ts';

/** What the agent of every stand-in guest says of its system. */
export const GUEST_OS = {
  id: 'tinyguest',
  kernelRelease: '6.1.0-56-cloud-amd64',
  kernelVersion: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)',
  machine: 'x86_64',
  name: 'Tiny Guest',
  prettyName: 'Tiny Guest 1 (Debian 12 parts)',
  version: '1 (Debian 12 parts)',
  versionId: '1',
};

/** The parts of a running instance's status that come from its domain. */
export function runningStatus(
  vmi: VirtualMachineInstance,
  domain: Domain,
  pod: Pod | undefined,
): InstanceStatus {
  const status = vmi.status ?? {};
  return {
    ...status,
    machine: { type: 'pc-q35-7.2' },
    guestOSInfo: domain.informed ? { ...GUEST_OS } : status.guestOSInfo,
    fsFreezeStatus: domain.polls.frozen ? 'frozen' : undefined,
    interfaces: interfaces(status.interfaces, domain, pod?.status?.podIP),
    volumeStatus: targets(vmi),
    conditions: conditions(status.conditions, domain),
  };
}

function interfaces(before: InterfaceStatus[] = [], domain: Domain, ip?: string): InterfaceStatus[] {
  return before.map((one, index) => ({
    ...one,
    // Only the first network is the pod's own; the stand-in has no addresses to give on others.
    ...(index === 0 && ip ? { ipAddress: ip, ipAddresses: [ip] } : {}),
    infoSource:
      domain.informed || one.infoSource === 'domain, guest-agent' ? 'domain, guest-agent' : 'domain',
    ...(domain.informed ? { interfaceName: `eth${index}` } : {}),
    linkState: 'up',
    mac: domain.macs.get(one.name ?? ''),
    queueCount: 1,
  }));
}

/** The image that KubeVirt makes of cloud-init data. */
const SEED_BYTES = 2 ** 20;

function targets(vmi: VirtualMachineInstance): InstanceStatus['volumeStatus'] {
  const { spec, status } = vmi;
  const names = deviceNames(vmi);
  const seeds = (spec.volumes ?? []).filter(
    (volume) => volume.cloudInitNoCloud ?? volume.cloudInitConfigDrive,
  );
  return status?.volumeStatus?.map((volume) => {
    const target = names.get(volume.name) ?? '';
    if (volume.hotplugVolume !== undefined) return nextHotplugStatus(volume, vmi, target);
    return {
      ...volume,
      target,
      ...(seeds.some(({ name }) => name === volume.name) ? { size: SEED_BYTES } : {}),
    };
  });
}

function conditions(before: Condition[] | undefined, domain: Domain): Condition[] {
  const agent: Condition = { type: 'AgentConnected', status: 'True', lastProbeTime: timestamp() };
  const paused: Condition = {
    type: 'Paused',
    status: 'True',
    reason: 'PausedByUser',
    message: 'VMI was paused by user',
    lastProbeTime: timestamp(),
    lastTransitionTime: timestamp(),
  };
  let list = domain.agentConnected
    ? withCondition(before, agent)
    : withoutCondition(before, 'AgentConnected');
  if (domain.agentConnected)
    list = domain.polls.limited
      ? withCondition(list, unsupportedAgent())
      : withoutCondition(list, 'AgentVersionNotSupported');
  list = domain.paused ? withCondition(list, paused) : withoutCondition(list, 'Paused');
  return list;
}

/** An agent that was asked what it can do while its guest was frozen. */
function unsupportedAgent(): Condition {
  const reason = "This guest agent doesn't support required basic commands";
  return { type: 'AgentVersionNotSupported', status: 'True', reason, lastProbeTime: timestamp() };
}
