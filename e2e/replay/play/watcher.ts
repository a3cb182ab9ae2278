/** Watches whole kinds and writes down every change of what is in scope. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventType, RecordedObject } from '../recording/recording.ts';
import { isInScope } from '../recording/scope.ts';
import { tidied } from '../recording/tidy.ts';
import type { Cluster, Resource } from './cluster.ts';

export interface WatcherOptions {
  readonly cluster: Cluster;
  /** Name of the recording. */
  readonly recording: string;
  readonly namespaces: readonly string[];
  /** Told of each change as a recording has it. */
  readonly onEvent: (event: EventType, object: RecordedObject) => void;
  /** Told when a watch cannot go on: from then on changes are missed. */
  readonly onBroken: (error: Error) => void;
  readonly signal: AbortSignal;
}

/** The newest state of every object of one kind, and every change of it on the way. */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #resource: Resource;
  readonly #objects = new Map<string, RecordedObject>();
  readonly #inScope = new Set<string>();

  private constructor(options: WatcherOptions, resource: Resource) {
    this.#options = options;
    this.#resource = resource;
  }

  /** Resolves when the list has been read and the watch goes on from there. */
  static async start(kind: string, options: WatcherOptions): Promise<Watcher> {
    const watcher = new Watcher(options, await options.cluster.resourceOf(kind));
    const version = await watcher.#list();
    watcher.#watch(version).catch((error) => {
      if (!options.signal.aborted) options.onBroken(error);
    });
    return watcher;
  }

  /** The object as it is, with all that it says; undefined where it is not there. */
  get(namespace: string, name: string): RecordedObject | undefined {
    return this.#objects.get(`${this.#resource.namespaced ? namespace : ''}/${name}`);
  }

  async #list(): Promise<string> {
    const list = await this.#options.cluster.get<{
      items: readonly RecordedObject[];
      metadata: { resourceVersion: string };
    }>(this.#resource.path);
    for (const item of list!.items) this.#take('INITIAL', item);
    return list!.metadata.resourceVersion;
  }

  async #watch(from: string): Promise<void> {
    let version = from;
    while (!this.#options.signal.aborted) {
      const path = `${this.#resource.path}?watch=1&resourceVersion=${version}&allowWatchBookmarks=true`;
      for await (const { type, object } of this.#options.cluster.watch(path, this.#options.signal)) {
        if (type === 'ERROR')
          throw new Error(`the watch of ${this.#resource.kind} broke: ${JSON.stringify(object)}`);
        version = object.metadata.resourceVersion!;
        if (type !== 'BOOKMARK') this.#take(type as EventType, object);
      }
      await sleep(100);
    }
  }

  #take(event: EventType, item: RecordedObject): void {
    const { recording, namespaces, onEvent } = this.#options;
    const object = { ...item, kind: this.#resource.kind, apiVersion: this.#resource.apiVersion };
    const { namespace, name, uid } = object.metadata;
    const key = `${namespace ?? ''}/${name}`;
    if (event === 'DELETED') this.#objects.delete(key);
    else this.#objects.set(key, object);
    // A volume that lost its claim was somebody's all the same.
    if (isInScope(object, namespaces)) this.#inScope.add(uid!);
    const kept = this.#inScope.has(uid!) && tidied(object, recording);
    if (kept) onEvent(event, kept);
  }
}
