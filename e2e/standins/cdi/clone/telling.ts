import { annotation, isDeleting } from '../../kube/objects.ts';
import type { Claim } from '../../storage/objects.ts';
import type { Cdi } from '../cdi.ts';
import { phaseOfClone } from '../datavolume/operations.ts';
import { clonePhase, createdFor } from '../names.ts';

const TOLD_WITHIN_MS = 1000;

/**
 * Phases that the DataVolumes of clones have still to tell of. In the real one each takes long enough to be told; here
 * the next one waits for that, or for a second, so that no DataVolume leaves one out.
 */
export class Telling {
  readonly #waiting = new Map<string, { readonly phase: string; readonly since: number }>();

  /** Whether a claim's DataVolume has told its phase, or there is none that will. */
  isTold({ caches }: Pick<Cdi, 'caches'>, claim: Claim): boolean {
    const { namespace, name, uid } = claim.metadata;
    const phase = annotation(claim, clonePhase) ?? '';
    const volume = annotation(claim, createdFor) ? caches.dataVolumes.get(namespace, name) : undefined;
    const expected = phaseOfClone(phase);
    const told = !volume || isDeleting(volume) || !expected || volume.status?.phase === expected;
    if (!told && this.#waitedMs(uid, phase) < TOLD_WITHIN_MS) return false;
    if (told) this.#waiting.delete(uid);
    return true;
  }

  #waitedMs(uid: string, phase: string): number {
    const before = this.#waiting.get(uid);
    if (before?.phase === phase) return performance.now() - before.since;
    this.#waiting.set(uid, { phase, since: performance.now() });
    return 0;
  }
}
