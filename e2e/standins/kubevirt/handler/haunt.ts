import type { Again } from '../../kube/controller.ts';
import type { VirtualMachineInstance } from '../types.ts';
import type { World } from '../world.ts';
import { abandon } from './abandon.ts';
import { syncFailed } from './write.ts';

const MESSAGE =
  'unable to create virt-launcher client connection: can not add ghost record when entry already exists with differing UID';

/** An instance whose predecessor lost its launcher by force never runs: virt-handler still looks for the other one. */
export async function haunt(world: World, key: string, vmi: VirtualMachineInstance): Promise<Again> {
  if (vmi.metadata.deletionTimestamp !== undefined) {
    world.domains.ghosts.delete(key);
    return abandon(world, vmi);
  }
  const after = scheduledAt(vmi) + world.context.pace.milliseconds('a ghost is noticed') - Date.now();
  if (after > 0) return { after };
  await syncFailed(world, vmi, MESSAGE);
}

function scheduledAt({ status }: VirtualMachineInstance): number {
  const times = status?.phaseTransitionTimestamps ?? [];
  return Date.parse(times.find(({ phase }) => phase === 'Scheduled')?.phaseTransitionTimestamp ?? '');
}
