import { annotation } from '../kube/objects.ts';
import { selectedNode, storageProvisioner } from '../storage/names.ts';
import type { Claim } from '../storage/objects.ts';
import type { Cdi } from './cdi.ts';
import { bound } from './names.ts';

const MARKED_WITHIN_MS = 3000;
const TOLD_WITHIN_MS = 60_000;

/**
 * Whether the volume controller has still to mark a claim with its provisioner and to tell so by an Event. CDI comes
 * later than that; if it wrote to the claim before, the mark would fail on a conflict and come much later.
 */
export function isBeingMarked({ caches }: Pick<Cdi, 'caches'>, claim: Claim): boolean {
  const storageClass = caches.classes.get(undefined, claim.spec.storageClassName ?? '');
  if (storageClass === undefined || claim.status?.phase === 'Bound') return false;
  const waits = storageClass.volumeBindingMode === 'WaitForFirstConsumer' && !annotation(claim, selectedNode);
  if (!waits && !annotation(claim, storageProvisioner)) return ageOf(claim) < MARKED_WITHIN_MS;
  const mark = waits ? 'WaitForFirstConsumer' : 'ExternalProvisioning';
  const told = caches.claimEvents.of(claim).some(({ reason }) => reason === mark);
  return !told && ageOf(claim) < TOLD_WITHIN_MS;
}

/** Whether a clone's claim has still to be told why it is not bound: what is said of the clone begins with that. */
export function isBeingExplained(cdi: Pick<Cdi, 'caches'>, claim: Claim): boolean {
  if (isBeingMarked(cdi, claim)) return true;
  const unexplained = claim.status?.phase === 'Pending' && annotation(claim, bound) === undefined;
  return unexplained && ageOf(claim) < MARKED_WITHIN_MS;
}

function ageOf({ metadata }: Claim): number {
  return Date.now() - Date.parse(metadata.creationTimestamp);
}
