import { Cache } from '../kube/cache.ts';
import type { KubeClient } from '../kube/client.ts';
import { Events } from '../kube/kinds.ts';
import type { KubeObject, ObjectReference } from '../kube/objects.ts';

export interface ClaimEvent extends KubeObject {
  readonly involvedObject: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly lastTimestamp: string;
}

/** The Events of claims: CDI reads from them why a claim is not bound, and copies them to the claim it is for. */
export class ClaimEvents {
  readonly #cache: Cache<ClaimEvent>;
  readonly #byClaim = new Map<string, Map<string, ClaimEvent>>();

  constructor(client: KubeClient) {
    this.#cache = new Cache(client, Events, 'involvedObject.kind=PersistentVolumeClaim');
    this.#cache.onChange((type, event) => (type === 'deleted' ? this.#forget(event) : this.#keep(event)));
  }

  start(signal: AbortSignal): Promise<void> {
    return this.#cache.start(signal);
  }

  of({ metadata }: KubeObject): ClaimEvent[] {
    return [...(this.#byClaim.get(metadata.uid)?.values() ?? [])];
  }

  #keep(event: ClaimEvent): void {
    const uid = event.involvedObject.uid ?? '';
    const events = this.#byClaim.get(uid) ?? new Map<string, ClaimEvent>();
    this.#byClaim.set(uid, events.set(event.metadata.name, event));
  }

  #forget(event: ClaimEvent): void {
    const uid = event.involvedObject.uid ?? '';
    const events = this.#byClaim.get(uid);
    events?.delete(event.metadata.name);
    if (events?.size === 0) this.#byClaim.delete(uid);
  }
}
