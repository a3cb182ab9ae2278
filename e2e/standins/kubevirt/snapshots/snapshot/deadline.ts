import { parseDuration } from '../../subresources/duration.ts';
import type { VirtualMachineSnapshot } from '../types.ts';

const DEFAULT_MS = 5 * 60_000;

/** How long a snapshot may take, in milliseconds; 0 for as long as it likes. */
export function failureDeadline({ spec }: VirtualMachineSnapshot): number {
  return spec.failureDeadline === undefined
    ? DEFAULT_MS
    : (parseDuration(spec.failureDeadline) ?? DEFAULT_MS);
}

/** How long a snapshot may still take; `undefined` when it may take as long as it likes. */
export function timeLeft(snapshot: VirtualMachineSnapshot, now: number): number | undefined {
  const deadline = failureDeadline(snapshot);
  if (deadline === 0) return undefined;
  return Date.parse(snapshot.metadata.creationTimestamp) + deadline - now;
}
