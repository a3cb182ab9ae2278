import type { ClusterClient } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Kind, type KubeObject, keyOf } from './objects.ts';
import { Reflector, type ReflectorSink } from './reflector.ts';
import { type LabelMatcher, parseLabelSelector } from './selectors.ts';
import { type Change, type Indexes, isVersionNewer, Store } from './store.ts';

/**
 * A kind's objects, kept current in memory. What it holds is shared: nobody may change it. It may lag
 * behind the cluster, but never goes back in time.
 */
export interface Informer<T extends KubeObject> {
  readonly kind: Kind<T>;
  /** Resolves when everything there was has been read; rejects when stopped before. */
  readonly synced: Promise<void>;
  /** False while the server does not know the kind. */
  readonly served: boolean;
  get(namespace: string | undefined, name: string): T | undefined;
  list(): Iterable<T>;
  byIndex(index: string, value: string): readonly T[];
  /** Called for every change, and at once for what is there already. */
  onChange(listener: (change: Change<T>) => void): void;
  /** Takes in the answer to a write of ours, so that the next read sees it. Ignored if the watch is further. */
  observe(object: T): void;
  /** Takes out an object whose deletion we have seen ourselves; with `uid`, only that very object. */
  forget(namespace: string | undefined, name: string, uid?: string): void;
}

export interface InformerOptions<T extends KubeObject> {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly indexes?: Indexes<T>;
  /** Trims what is kept; must keep metadata. */
  readonly transform?: (object: T) => T;
  /** The kind may be missing: then the informer is empty, counts as synced, and looks again every 30 s. */
  readonly optional?: boolean;
  readonly signal: AbortSignal;
  /** Told of every failure; the informer goes on. */
  readonly onError?: (error: unknown) => void;
  readonly clock?: Clock;
  /** A number in [0, 1), for jitter. */
  readonly random?: () => number;
  /** How long to wait for the end of the initial events before listing instead; default 30 s. */
  readonly initialEventsMs?: number;
}

/** Starts to follow a kind, until the signal is aborted. */
export function startInformer<T extends KubeObject>(
  client: ClusterClient,
  kind: Kind<T>,
  options: InformerOptions<T>,
): Informer<T> {
  const informer = new CachingInformer(kind, options);
  const reflector = new Reflector(client, kind, informer, {
    namespace: options.namespace,
    labelSelector: options.labelSelector,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    signal: options.signal,
    baseMs: 200,
    maxMs: 30_000,
    missingRetryMs: 30_000,
    initialEventsMs: options.initialEventsMs ?? 30_000,
  });
  void reflector.run();
  return informer;
}

class CachingInformer<T extends KubeObject> implements Informer<T>, ReflectorSink<T> {
  readonly kind: Kind<T>;
  readonly synced: Promise<void>;
  served = true;
  readonly #options: InformerOptions<T>;
  readonly #selects: LabelMatcher;
  readonly #store: Store<T>;
  readonly #listeners: ((change: Change<T>) => void)[] = [];
  /** UIDs whose deletion was seen before the watch told of it. */
  readonly #forgotten = new Set<string>();
  readonly #markSynced: () => void;
  /** How far the watch has come. */
  #version: string | undefined;

  constructor(kind: Kind<T>, options: InformerOptions<T>) {
    this.kind = kind;
    this.#options = options;
    this.#selects = parseLabelSelector(options.labelSelector ?? '');
    this.#store = new Store(options.indexes);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.synced = promise;
    this.#markSynced = resolve;
    // Nobody may be waiting when it is stopped.
    promise.catch(() => {});
    options.signal.addEventListener('abort', () => reject(options.signal.reason), { once: true });
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.#store.get(keyOf({ namespace, name }));
  }

  list(): Iterable<T> {
    return this.#store.values();
  }

  byIndex(index: string, value: string): readonly T[] {
    return this.#store.byIndex(index, value);
  }

  onChange(listener: (change: Change<T>) => void): void {
    this.#listeners.push(listener);
    for (const object of [...this.#store.values()]) this.#tell(listener, { type: 'added', object });
  }

  observe(object: T): void {
    const { resourceVersion, uid = '', namespace, labels } = object.metadata;
    const elsewhere = this.#options.namespace !== undefined && this.#options.namespace !== namespace;
    if (elsewhere || !this.#selects(labels) || this.#forgotten.has(uid)) return;
    // What the watch has passed it has told, deletions included.
    if (!isLater(resourceVersion, this.#version)) return;
    this.#emit(this.#store.put(this.#trim(object)));
  }

  forget(namespace: string | undefined, name: string, uid?: string): void {
    const object = this.get(namespace, name);
    if (!object || (uid !== undefined && object.metadata.uid !== uid)) return;
    if (object.metadata.uid) this.#forgotten.add(object.metadata.uid);
    this.#emit(this.#store.delete(object));
  }

  replace(objects: readonly T[], resourceVersion: string): void {
    this.#forgotten.clear();
    this.served = true;
    this.#emit(
      this.#store.replace(
        objects.map((object) => this.#trim(object)),
        resourceVersion,
      ),
    );
  }

  change(type: Change<T>['type'], object: T): void {
    const uid = object.metadata.uid ?? '';
    if (type === 'deleted') {
      this.#forgotten.delete(uid);
      this.#emit(this.#store.delete(this.#trim(object)));
    } else if (!this.#forgotten.has(uid)) {
      this.#emit(this.#store.put(this.#trim(object)));
    }
  }

  reached(resourceVersion: string): void {
    this.#version = resourceVersion;
    this.#markSynced();
  }

  missing(): void {
    this.served = false;
    this.#emit([...this.#store.values()].flatMap((object) => this.#store.delete(object)));
    if (this.#options.optional) this.#markSynced();
    else this.failed(new Error(`The API server does not serve ${this.kind.plural}.${this.kind.group}.`));
  }

  failed(error: unknown): void {
    if (this.#options.onError) this.#options.onError(error);
    else process.emitWarning(error instanceof Error ? error : String(error));
  }

  #trim(object: T): T {
    const metadata = { ...object.metadata, managedFields: undefined };
    delete metadata.managedFields;
    const trimmed = { ...object, metadata };
    return this.#options.transform?.(trimmed) ?? trimmed;
  }

  #emit(changes: readonly Change<T>[]): void {
    for (const change of changes) {
      for (const listener of this.#listeners) this.#tell(listener, change);
    }
  }

  #tell(listener: (change: Change<T>) => void, change: Change<T>): void {
    if (this.#options.signal.aborted) return;
    try {
      listener(change);
    } catch (error) {
      this.failed(error);
    }
  }
}

function isLater(version: string | undefined, reached: string | undefined): boolean {
  if (version === undefined) return false;
  return reached === undefined || isVersionNewer(version, reached);
}
