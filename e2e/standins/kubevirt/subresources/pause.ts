import type { Answer } from '../../kube/https-server.ts';
import { isTrue } from '../conditions.ts';
import type { Domain } from '../domain/domain.ts';
import type { VirtualMachineInstance } from '../types.ts';
import type { World } from '../world.ts';
import { conflict, done, forbidden, notFound } from './answers.ts';
import { fetchInstance, fetchMachine, runningDomain } from './fetch.ts';
import { isDryRun, parseOptions } from './options.ts';
import type { Call } from './serve.ts';

const KIND = 'virtualmachineinstance';

export async function pause(world: World, call: Call): Promise<Answer> {
  const options = parseOptions<{ dryRun?: string[] }>(call.body, 'v1.PauseOptions');
  if ('refusal' in options) return options.refusal;
  return withDomain(world, call, (vmi, domain) => {
    const { livenessProbe } = vmi.spec;
    if (livenessProbe !== undefined && livenessProbe.guestAgentPing === undefined)
      return forbidden(
        KIND,
        call.name,
        'Pausing VMIs with a non-GuestAgentPing LivenessProbe is not supported',
      );
    if (isPaused(vmi)) return conflict(KIND, call.name, 'VMI is already paused');
    if (isDryRun(options)) return done;
    domain.pause();
    world.handler.events.recordEvent(vmi, 'Normal', 'Paused', 'VirtualMachineInstance paused');
    return done;
  });
}

export async function unpause(world: World, call: Call): Promise<Answer> {
  const vm = await fetchMachine(world, call);
  if (vm?.status?.snapshotInProgress !== undefined)
    return conflict('virtualmachine', call.name, 'VM snapshot is in progress');
  const options = parseOptions<{ dryRun?: string[] }>(call.body, 'v1.UnpauseOptions');
  if ('refusal' in options) return options.refusal;
  return withDomain(world, call, (vmi, domain) => {
    if (!isPaused(vmi)) return conflict(KIND, call.name, 'VMI is not paused');
    if (isDryRun(options)) return done;
    domain.unpause();
    world.handler.events.recordEvent(vmi, 'Normal', 'Unpaused', 'VirtualMachineInstance unpaused');
    return done;
  });
}

export function softReboot(world: World, call: Call): Promise<Answer> {
  return withDomain(world, call, (vmi, domain) => {
    if (isPaused(vmi)) return conflict(KIND, call.name, 'VMI is paused');
    domain.reboot();
    world.handler.events.recordEvent(vmi, 'Normal', 'SoftRebooted', 'VirtualMachineInstance soft rebooted');
    return done;
  });
}

export function reset(world: World, call: Call): Promise<Answer> {
  return withDomain(world, call, (vmi, domain) => {
    domain.reboot();
    world.handler.events.recordEvent(vmi, 'Normal', 'Reset', 'VirtualMachineInstance reset');
    return done;
  });
}

/** Runs what needs a running domain; answers for those that have none. */
export async function withDomain(
  world: World,
  call: Call,
  act: (vmi: VirtualMachineInstance, domain: Domain) => Answer | Promise<Answer>,
): Promise<Answer> {
  const vmi = await fetchInstance(world, call);
  if (vmi === undefined) return notFound(KIND, call.name);
  const domain = runningDomain(world, vmi);
  if (vmi.status?.phase !== 'Running' || domain === undefined)
    return conflict(KIND, call.name, 'VMI is not running');
  return act(vmi, domain);
}

function isPaused({ status }: VirtualMachineInstance): boolean {
  return isTrue(status?.conditions, 'Paused');
}
