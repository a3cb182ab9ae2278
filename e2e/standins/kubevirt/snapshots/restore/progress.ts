import { conditionOf } from '../../conditions.ts';
import type { VirtualMachineRestore } from '../types.ts';

/** Whether a restore is neither complete nor has failed. */
export function isProgressing({ status }: VirtualMachineRestore): boolean {
  return status?.complete !== true && conditionOf(status?.conditions, 'Failure') === undefined;
}
