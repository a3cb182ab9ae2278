import { statSync } from 'node:fs';
import type { Answer } from '../../kube/https-server.ts';
import type { Domain } from '../domain/domain.ts';
import { GUEST_OS } from '../handler/running.ts';
import type { World } from '../world.ts';
import { json } from './answers.ts';
import { withDomain } from './pause.ts';
import type { Call } from './serve.ts';

/** What the agent says of the guest, as of its last poll. */
export function guestInformation(world: World, call: Call): Promise<Answer> {
  return fromAgent(world, call, (domain) => ({
    fsFreezeStatus: domain.polls.frozen ? 'frozen' : 'thawed',
    fsInfo: { disks: fileSystems(domain) },
    guestAgentVersion: '7.2.22',
    hostname: domain.definition.name,
    os: GUEST_OS,
    supportedCommands: COMMANDS.map((name) => ({ enabled: true, name })),
    timezone: 'UTC, 0',
  }));
}

export function filesystems(world: World, call: Call): Promise<Answer> {
  return fromAgent(world, call, (domain) => ({ items: fileSystems(domain), metadata: {} }));
}

export function users(world: World, call: Call): Promise<Answer> {
  return fromAgent(world, call, () => ({ items: [], metadata: {} }));
}

const COMMANDS = [
  'guest-get-osinfo',
  'guest-get-host-name',
  'guest-get-fsinfo',
  'guest-get-disks',
  'guest-network-get-interfaces',
  'guest-exec',
  'guest-exec-status',
  'guest-fsfreeze-thaw',
  'guest-fsfreeze-freeze',
  'guest-fsfreeze-status',
  'guest-shutdown',
  'guest-info',
  'guest-ping',
  'guest-sync',
];

/** Without an agent the answer is text, and 500 although it says conflict. */
function fromAgent(world: World, call: Call, tell: (domain: Domain) => object): Promise<Answer> {
  return withDomain(world, call, (_vmi, domain) => {
    if (domain.agentConnected) return json(tell(domain));
    const object = `virtualmachineinstance.kubevirt.io "${call.name}"`;
    return {
      code: 500,
      body: `Operation cannot be fulfilled on ${object}: VMI does not have guest agent connected`,
    };
  });
}

function fileSystems({ definition: { disks } }: Domain): object[] {
  return disks.map((path, index) => ({
    disk: [{ busType: 'virtio' }],
    diskName: `vd${String.fromCharCode(97 + index)}1`,
    fileSystemType: 'ext4',
    mountPoint: index === 0 ? '/' : `/data${index}`,
    totalBytes: statSync(path).size,
    usedBytes: statSync(path).blocks * 512,
  }));
}
