import type { Answer } from '../../../kube/https-server.ts';
import { freeze, unfreeze } from '../../subresources/freeze.ts';
import type { World } from '../../world.ts';
import { failureDeadline } from '../snapshot/deadline.ts';
import type { VirtualMachineSnapshot } from '../types.ts';
import type { SnapshotSource } from './source.ts';

/** Freezes a running guest that has an agent, until the snapshot's deadline at the latest. */
export async function freezeSource(
  world: World,
  snapshot: VirtualMachineSnapshot,
  source: SnapshotSource,
): Promise<void> {
  if (!source.locked) throw new Error('attempting to freeze unlocked VM');
  if (source.frozen || source.paused || !source.guestAgent) return;
  const body = JSON.stringify({ unfreezeTimeout: `${failureDeadline(snapshot)}ms` });
  unlessRefused(await freeze(world, { ...callTo(source), body }));
}

export async function unfreezeSource(world: World, source: SnapshotSource): Promise<void> {
  if (!source.locked || !source.guestAgent || source.paused) return;
  unlessRefused(await unfreeze(world, { ...callTo(source), body: '' }));
}

function callTo({ vm: { metadata } }: SnapshotSource) {
  return { namespace: metadata.namespace!, name: metadata.name };
}

function unlessRefused({ code, body = '' }: Answer): void {
  if (code < 300) return;
  throw new Error((JSON.parse(body) as { message: string }).message);
}
