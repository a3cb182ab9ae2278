import { setTimeout as sleep } from 'node:timers/promises';
import { isConflict } from '../../kube/error.ts';
import { conditionOf, withoutCondition } from '../conditions.ts';
import type { VirtualMachineInstance } from '../types.ts';
import { inPhase } from '../vmi/phase.ts';
import { isFinal } from '../vmi/ready.ts';
import type { World } from '../world.ts';
import { exitLauncher, write } from './write.ts';

/** An instance that is deleted before it could have a domain no longer says why, and fails when its launcher ends. */
export async function abandon(world: World, vmi: VirtualMachineInstance): Promise<void> {
  if (conditionOf(vmi.status?.conditions, 'Synchronized') === undefined) return;
  const conditions = withoutCondition(vmi.status?.conditions, 'Synchronized');
  await write(world, vmi, { ...vmi.status, conditions });
  world.handler.events.recordEvent(vmi, 'Normal', 'Deleted', 'Signaled Deletion');
  await world.context.pace.wait('launcher exits', world.context.signal);
  await fail(world, vmi);
}

/** Whoever wrote to the instance meanwhile, the end of its launcher is told of. */
async function fail(world: World, { metadata }: VirtualMachineInstance): Promise<void> {
  const vmi = world.caches.vmis.get(metadata.namespace, metadata.name);
  if (vmi?.metadata.uid !== metadata.uid || isFinal(vmi)) return;
  try {
    await write(world, vmi, inPhase(vmi.status ?? {}, 'Failed'));
  } catch (error) {
    if (!isConflict(error)) throw error;
    await sleep(CONFLICT_MS, undefined, { signal: world.context.signal });
    return fail(world, vmi);
  }
  world.handler.events.recordEvent(vmi, 'Warning', 'Stopped', 'The VirtualMachineInstance crashed.');
  exitLauncher(world, vmi);
}

const CONFLICT_MS = 10;
