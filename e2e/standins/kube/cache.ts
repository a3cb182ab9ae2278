import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeClient } from './client.ts';
import { apiVersion, type ResourceKind, resourcePath } from './kinds.ts';
import { joinKey, type KubeObject, keyOf } from './objects.ts';
import { type WatchEvent, watchFrom } from './watch.ts';

export type ChangeType = 'added' | 'modified' | 'deleted';
export type ChangeListener<T> = (type: ChangeType, object: T, old?: T) => void;

const RETRY_MS = 200;

/**
 * All objects of a kind, kept current by a watch. It lists again whenever a watch cannot go on; what it holds is
 * shared, so never change an object that came out of it.
 */
export class Cache<T extends KubeObject = KubeObject> {
  readonly kind: ResourceKind;
  readonly #client: KubeClient;
  readonly #selector: string;
  readonly #objects = new Map<string, T>();
  readonly #byNamespace = new Map<string, Map<string, T>>();
  readonly #listeners: ChangeListener<T>[] = [];
  /** UIDs of what is known to be gone although the watch has not said so yet. */
  readonly #gone = new Set<string>();
  #resourceVersion = '0';

  /** `fieldSelector` narrows what is watched. */
  constructor(client: KubeClient, kind: ResourceKind, fieldSelector?: string) {
    this.#client = client;
    this.kind = kind;
    this.#selector = fieldSelector === undefined ? '' : `fieldSelector=${encodeURIComponent(fieldSelector)}`;
  }

  /** Lists the kind and goes on watching it until aborted; resolves when listed. */
  async start(signal: AbortSignal): Promise<void> {
    await this.#list();
    void this.#follow(signal);
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.#objects.get(joinKey(namespace, name));
  }

  list(namespace?: string): T[] {
    const objects = namespace === undefined ? this.#objects : this.#byNamespace.get(namespace);
    return objects === undefined ? [] : [...objects.values()];
  }

  onChange(listener: ChangeListener<T>): void {
    this.#listeners.push(listener);
  }

  /** Takes in what a write of ours answered, so that the next pass does not decide on what was before it. */
  observe(object: T): T {
    // An answer that the watch has already passed may be of an object that is gone by now.
    if (isNewer(object, this.#resourceVersion)) this.#put(object);
    return object;
  }

  /** Takes in that a write of ours, which took its last finalizer, was the end of an object. */
  forget(object: T): void {
    this.#gone.add(object.metadata.uid);
    this.#remove(object);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#watch(signal);
      } catch {
        await this.#recover(signal);
      }
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const path = `${resourcePath(this.kind)}?${this.#selector}`;
    for await (const event of watchFrom<T>(this.#client, path, this.#resourceVersion, signal)) {
      this.#take(event);
    }
  }

  async #recover(signal: AbortSignal): Promise<void> {
    try {
      await sleep(RETRY_MS, undefined, { signal });
      await this.#list();
    } catch {
      // Aborted, or the server is away: the loop that called decides.
    }
  }

  #take(event: Exclude<WatchEvent<T>, { type: 'ERROR' }>): void {
    this.#resourceVersion = event.object.metadata.resourceVersion;
    if (event.type === 'BOOKMARK') return;
    if (event.type === 'DELETED') {
      this.#gone.delete(event.object.metadata.uid);
      this.#remove(event.object);
    } else this.#put(event.object);
  }

  async #list(): Promise<void> {
    const answer = await this.#client.list<T>(`${resourcePath(this.kind)}?${this.#selector}`);
    const gone = new Map(this.#objects);
    this.#gone.clear();
    this.#resourceVersion = answer.metadata.resourceVersion;
    for (const item of answer.items) {
      gone.delete(keyOf(item));
      this.#put({ ...item, apiVersion: apiVersion(this.kind), kind: this.kind.kind });
    }
    for (const object of gone.values()) this.#remove(object);
  }

  #put(object: T): void {
    if (this.#gone.has(object.metadata.uid)) return;
    const key = keyOf(object);
    const old = this.#objects.get(key);
    if (old !== undefined && !isNewer(object, old.metadata.resourceVersion)) return;
    if (old !== undefined && old.metadata.uid !== object.metadata.uid) this.#remove(old);
    this.#objects.set(key, object);
    this.#namespace(object).set(object.metadata.name, object);
    const replaced = old?.metadata.uid === object.metadata.uid ? old : undefined;
    this.#tell(replaced === undefined ? 'added' : 'modified', object, replaced);
  }

  #remove(object: T): void {
    const held = this.#objects.get(keyOf(object));
    if (held === undefined || held.metadata.uid !== object.metadata.uid) return;
    this.#objects.delete(keyOf(object));
    const namespace = this.#namespace(object);
    namespace.delete(object.metadata.name);
    if (namespace.size === 0) this.#byNamespace.delete(object.metadata.namespace ?? '');
    this.#tell('deleted', object, held);
  }

  #namespace(object: T): Map<string, T> {
    const name = object.metadata.namespace ?? '';
    const namespace = this.#byNamespace.get(name) ?? new Map<string, T>();
    this.#byNamespace.set(name, namespace);
    return namespace;
  }

  #tell(type: ChangeType, object: T, old?: T): void {
    for (const listener of this.#listeners) listener(type, object, old);
  }
}

/** Resource versions of one collection grow, so that numbers tell which of two is later. */
function isNewer(object: KubeObject, resourceVersion: string): boolean {
  return BigInt(object.metadata.resourceVersion) > BigInt(resourceVersion);
}
