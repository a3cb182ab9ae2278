import type { Answer } from '../../../kube/https-server.ts';
import { stop } from '../../subresources/machine.ts';
import type { VirtualMachine } from '../../types.ts';
import type { SnapshotContext } from '../context.ts';
import type { VirtualMachineRestore } from '../types.ts';

/** Why a restore does not go on: it waits for its target to be off, or has given up. */
export interface Unready {
  readonly reason: string;
  readonly failed: boolean;
}

const GRACE = '5m0s';
const STILL_THERE = 'Restore target VMI still exists, please stop the restore target to proceed with restore';
const STOPPING = 'Automatically stopping restore target for restore operation';
const WAITING =
  'Waiting for target VM to be powered off. Please stop the restore target to proceed with restore';
const NOT_OFF = 'Restore target VMI must be powered off before restore operation';
const TOO_LATE = `Restore target failed to be ready within ${GRACE}. Please power off the target VM before attempting restore`;

/** What a restore does with a target that runs; `undefined` for one that is off or still to be made. */
export async function readinessOf(
  context: SnapshotContext,
  restore: VirtualMachineRestore,
  target: VirtualMachine | undefined,
): Promise<Unready | undefined> {
  if (target === undefined) return undefined;
  const { namespace, name } = target.metadata;
  if (context.caches.vmis.get(namespace, name) === undefined) return undefined;
  switch (restore.spec.targetReadinessPolicy ?? 'WaitGracePeriod') {
    case 'FailImmediate':
      return { reason: NOT_OFF, failed: true };
    case 'WaitEventually':
      return waits(context, restore, WAITING, STILL_THERE);
    case 'StopTarget':
      unlessRefused(await stop(context.world, { namespace: namespace!, name, body: '' }));
      return waits(context, restore, STOPPING, STOPPING);
    case 'WaitGracePeriod':
      if (isTooLate(context, restore)) return { reason: TOO_LATE, failed: true };
      return waits(context, restore, `${WAITING}, or the operation will fail after ${GRACE}`, STILL_THERE);
  }
}

function waits(
  { events }: SnapshotContext,
  restore: VirtualMachineRestore,
  reason: string,
  told: string,
): Unready {
  events.recordEvent(restore, 'Warning', 'RestoreTargetNotReady', told);
  return { reason, failed: false };
}

function isTooLate({ world }: SnapshotContext, { metadata }: VirtualMachineRestore): boolean {
  const grace = world.context.pace.milliseconds('restore waits for its target');
  return Date.now() > Date.parse(metadata.creationTimestamp) + grace;
}

/** A target that is stopping already is no error. */
function unlessRefused({ code, body = '' }: Answer): void {
  if (code >= 300) throw new Error((JSON.parse(body) as { message: string }).message);
}
