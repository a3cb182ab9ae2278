/** What is seen of a cluster while a scenario runs: every change goes to the journal. */
import type { Header, RecordedObject } from '../recording/recording.ts';
import type { Cluster } from './cluster.ts';
import type { Journal } from './journal.ts';
import { Progress } from './progress.ts';
import { Watcher } from './watcher.ts';

export class Observer {
  readonly #cluster: Cluster;
  readonly #journal: Journal;
  readonly #watchers = new Map<string, Watcher>();
  readonly #watching = new AbortController();
  readonly #onObject: (object: RecordedObject) => void;
  readonly progress = new Progress();
  #lastEventAt = 0;

  /** `onObject` is told of every object when it has changed. */
  constructor(cluster: Cluster, journal: Journal, onObject: (object: RecordedObject) => void) {
    this.#cluster = cluster;
    this.#journal = journal;
    this.#onObject = onObject;
  }

  /** Resolves when all kinds of a scenario are watched. */
  async watch({ name, namespaces, kinds }: Header): Promise<void> {
    const options = {
      cluster: this.#cluster,
      recording: name,
      namespaces,
      onEvent: (event, object) => {
        this.#lastEventAt = this.#journal.now();
        this.#journal.add({ ms: this.#lastEventAt, event, object });
        this.progress.take(object);
        this.#onObject(object);
      },
      onBroken: (error) => this.#watching.abort(error),
      signal: this.#watching.signal,
    } satisfies Parameters<typeof Watcher.start>[1];
    const started = kinds.map(async (kind) => [kind, await Watcher.start(kind, options)] as const);
    for (const [kind, watcher] of await Promise.all(started)) this.#watchers.set(kind, watcher);
  }

  stop(): void {
    this.#watching.abort();
  }

  /** Throws when a watch is broken, so that something may have been missed. */
  throwIfBroken(): void {
    this.#watching.signal.throwIfAborted();
  }

  /** When something was last seen to change, in milliseconds since the start. */
  get lastEventAt(): number {
    return this.#lastEventAt;
  }

  /** Whether an object of a watched kind is there. */
  has({ kind, metadata }: RecordedObject): boolean {
    return this.#watchers.get(kind)?.get(metadata.namespace ?? '', metadata.name) !== undefined;
  }

  /** An object of any kind as it is now; undefined where it is not there. */
  async find(kind: string, namespace: string, name: string): Promise<RecordedObject | undefined> {
    const watcher = this.#watchers.get(kind);
    if (watcher) return watcher.get(namespace, name);
    const { path, namespaced } = await this.#cluster.resourceOf(kind);
    const [root, plural] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)];
    return this.#cluster.get(`${root}${namespaced ? `/namespaces/${namespace}` : ''}/${plural}/${name}`);
  }
}
