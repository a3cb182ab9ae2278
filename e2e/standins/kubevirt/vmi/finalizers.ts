import type { VirtualMachineInstance } from '../types.ts';

/** Until the end of an instance is written. */
export const HANDLED = 'kubevirt.io/virtualMachineControllerFinalize';
/** Until its launcher has gone. */
export const HAS_LAUNCHER = 'kubevirt.io/foregroundDeleteVirtualMachine';

/**
 * Which finalizer an ended instance loses next: the first once its end is written, the other once its launcher has
 * gone. One that was never handed to a node loses them the other way round.
 */
export function nextReleased(vmi: VirtualMachineInstance, hasPod: boolean): string | undefined {
  const order = isHandedOver(vmi) ? [HANDLED, HAS_LAUNCHER] : [HAS_LAUNCHER, HANDLED];
  return order.find((name) => vmi.metadata.finalizers?.includes(name) && (name === HANDLED || !hasPod));
}

/** A node has taken it over. */
function isHandedOver({ status }: VirtualMachineInstance): boolean {
  return status?.nodeName !== undefined;
}
