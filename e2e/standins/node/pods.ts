import type { Cache } from '../kube/cache.ts';
import { joinKey, type KubeObject, keyOf } from '../kube/objects.ts';
import { claimNames, type Pod } from './objects.ts';

/** All pods, and which of them use a claim. */
export class PodCaches {
  readonly cache: Cache<Pod>;
  readonly #byClaim = new Map<string, Set<string>>();

  /** Follows a cache that was started already. */
  constructor(cache: Cache<Pod>) {
    this.cache = cache;
    for (const pod of cache.list()) this.#index(pod);
    cache.onChange((type, pod) => (type === 'deleted' ? this.#forget(pod) : this.#index(pod)));
  }

  /** The keys of the pods that use a claim. */
  using(claim: KubeObject): string[] {
    return [...(this.#byClaim.get(keyOf(claim)) ?? [])];
  }

  #index(pod: Pod): void {
    for (const claim of claimsOf(pod)) {
      const pods = this.#byClaim.get(claim) ?? new Set();
      this.#byClaim.set(claim, pods.add(keyOf(pod)));
    }
  }

  #forget(pod: Pod): void {
    for (const claim of claimsOf(pod)) {
      const pods = this.#byClaim.get(claim);
      pods?.delete(keyOf(pod));
      if (pods?.size === 0) this.#byClaim.delete(claim);
    }
  }
}

function claimsOf(pod: Pod): string[] {
  return claimNames(pod).map((name) => joinKey(pod.metadata.namespace, name));
}
