import { Claims, resourcePath } from '../kube/kinds.ts';
import { annotation } from '../kube/objects.ts';
import type { Claim } from '../storage/objects.ts';
import type { Cdi } from './cdi.ts';
import type { ClaimEvent } from './claim-events.ts';
import { bound, boundMessage, boundReason, primeName } from './names.ts';

/** Keeps the newest Event of a claim as the reason why it is not bound, in its annotations. */
export async function updateBoundCondition({ client, caches }: Cdi, claim: Claim): Promise<Claim> {
  const annotations = annotationsFor(claim, caches.claimEvents.of(claim));
  if (annotations === undefined || !changes(claim, annotations)) return claim;
  const path = resourcePath(Claims, claim.metadata.namespace, claim.metadata.name);
  return caches.claims.observe(await client.mergePatch<Claim>(path, { metadata: { annotations } }));
}

/** What the annotations should be (null: gone); `undefined` to leave them. */
export function annotationsFor(
  claim: Claim,
  events: readonly ClaimEvent[],
): Record<string, string | null> | undefined {
  if (claim.status?.phase === 'Bound') return { [bound]: null, [boundMessage]: null, [boundReason]: null };
  if (claim.status?.phase !== 'Pending') return undefined;
  const prime = annotation(claim, primeName);
  const newest = newestOf(events, prime);
  if (newest === undefined) return undefined;
  const prefix = prime === undefined ? '' : `[${prime}] : `;
  if (!newest.message.startsWith(prefix)) return undefined;
  return { [bound]: 'false', [boundReason]: 'Pending', [boundMessage]: newest.message.slice(prefix.length) };
}

/** Of Events of the same second the longest counts; those of a claim's prime come first. */
function newestOf(events: readonly ClaimEvent[], prime: string | undefined): ClaimEvent | undefined {
  const ofPrime = (event: ClaimEvent) => Number(prime !== undefined && event.message.includes(prime));
  return [...events].sort(
    (a, b) =>
      ofPrime(b) - ofPrime(a) ||
      Date.parse(b.lastTimestamp) - Date.parse(a.lastTimestamp) ||
      b.message.length - a.message.length,
  )[0];
}

function changes(claim: Claim, annotations: Record<string, string | null>): boolean {
  return Object.entries(annotations).some(([name, value]) => (annotation(claim, name) ?? null) !== value);
}
