import { type Backoff, backoffDelay } from './backoff.ts';
import type { ClusterClient, Selection } from './client.ts';
import type { Clock } from './clock.ts';
import { TimeLimit } from './deadlines.ts';
import { ApiError, isExpired, isInvalid, isNotFound } from './errors.ts';
import type { Kind, KubeObject } from './objects.ts';
import type { WatchEvent } from './watch.ts';

/** Where a reflector puts what it learns. */
export interface ReflectorSink<T extends KubeObject> {
  /** This is all there is, as of this version. */
  replace(objects: readonly T[], resourceVersion: string): void;
  /** This changed. */
  change(type: 'added' | 'modified' | 'deleted', object: T): void;
  /** Everything up to this version has been told. */
  reached(resourceVersion: string): void;
  /** The server does not serve the kind. */
  missing(): void;
  /** Something went wrong; it is tried again. */
  failed(error: unknown): void;
}

export interface ReflectorOptions extends Selection, Backoff {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How often to look again for a kind that is not served. */
  readonly missingRetryMs: number;
  /** How long to wait for the end of the initial events before listing instead. */
  readonly initialEventsMs: number;
}

/**
 * Follows a kind for ever:
 *
 *     fill ── watch that begins with everything (or list, where that is refused) ──▶ follow
 *      ▲                                                                               │
 *      └── the version is forgotten (410, or resuming keeps failing) ◀── any end ── resume
 *
 * Whatever ends a watch, it goes on from the last version seen.
 */
export class Reflector<T extends KubeObject> {
  readonly #client: ClusterClient;
  readonly #kind: Kind<T>;
  readonly #sink: ReflectorSink<T>;
  readonly #options: ReflectorOptions;
  /** How far we have come; undefined: nothing is known. */
  #version: string | undefined;
  #watchList = true;
  #failures = 0;
  #began = 0;

  constructor(client: ClusterClient, kind: Kind<T>, sink: ReflectorSink<T>, options: ReflectorOptions) {
    this.#client = client;
    this.#kind = kind;
    this.#sink = sink;
    this.#options = options;
  }

  /** Runs until the signal is aborted; never throws. */
  async run(): Promise<void> {
    const { signal, clock } = this.#options;
    while (!signal.aborted) {
      this.#began = clock.now();
      const delay = await this.#round().then(
        () => this.#pause(),
        (error) => this.#recover(error),
      );
      await clock.sleep(delay, signal).catch(() => {});
    }
  }

  /** One watch, from where we are to its end. */
  async #round(): Promise<void> {
    if (this.#version !== undefined) return this.#follow(this.#version);
    if (this.#watchList) return this.#fillByWatch();
    const { items, resourceVersion } = await this.#client.list(this.#kind, this.#selection());
    this.#options.signal.throwIfAborted();
    this.#sink.replace(items, resourceVersion);
    this.#advance(resourceVersion);
    return this.#follow(resourceVersion);
  }

  async #follow(resourceVersion: string): Promise<void> {
    const options = { ...this.#selection(), resourceVersion, timeoutSeconds: this.#timeoutSeconds() };
    for await (const event of this.#client.watch(this.#kind, options, this.#options.signal))
      this.#take(event);
  }

  /** A watch whose initial events are a list, and which then goes on. */
  async #fillByWatch(): Promise<void> {
    using limit = new TimeLimit(this.#options.clock, this.#options.initialEventsMs);
    const signal = AbortSignal.any([this.#options.signal, limit.signal]);
    const options = { ...this.#selection(), sendInitialEvents: true, timeoutSeconds: this.#timeoutSeconds() };
    const objects = new Map<string, T>();
    try {
      for await (const event of this.#client.watch(this.#kind, options, signal)) {
        if (this.#version !== undefined) this.#take(event);
        else if (this.#collect(event, objects)) limit[Symbol.dispose]();
      }
      // It ended before it had said everything: list instead.
      this.#watchList = this.#version !== undefined;
    } catch (error) {
      this.#options.signal.throwIfAborted();
      if (!limit.signal.aborted && !isWatchListRefused(error)) throw error;
      this.#watchList = false;
    }
  }

  /** Gathers the initial events; true when they are complete. */
  #collect(event: WatchEvent<T>, objects: Map<string, T>): boolean {
    this.#options.signal.throwIfAborted();
    if (event.type !== 'bookmark') {
      const { namespace = '', name } = event.object.metadata;
      if (event.type === 'deleted') objects.delete(`${namespace}/${name}`);
      else objects.set(`${namespace}/${name}`, event.object);
      return false;
    }
    if (!event.initialEventsEnd) return false;
    this.#sink.replace([...objects.values()], event.resourceVersion);
    objects.clear();
    this.#advance(event.resourceVersion);
    return true;
  }

  #take(event: WatchEvent<T>): void {
    this.#options.signal.throwIfAborted();
    if (event.type !== 'bookmark') this.#sink.change(event.type, event.object);
    const version = event.type === 'bookmark' ? event.resourceVersion : event.object.metadata.resourceVersion;
    if (version) this.#advance(version);
  }

  #advance(version: string): void {
    this.#version = version;
    this.#failures = 0;
    this.#sink.reached(version);
  }

  /** After a watch that ended as it should: a moment, so that a server that ends all at once is not hammered. */
  #pause(): number {
    return this.#nextDelay();
  }

  #nextDelay(): number {
    const lasted = this.#options.clock.now() - this.#began;
    this.#failures = lasted >= healthyMs ? 1 : this.#failures + 1;
    return backoffDelay(this.#failures, this.#options);
  }

  async #recover(error: unknown): Promise<number> {
    if (this.#options.signal.aborted) return 0;
    if (isNotFound(error) && (await this.#isMissing())) {
      if (this.#options.signal.aborted) return 0;
      this.#version = undefined;
      this.#sink.missing();
      return this.#options.missingRetryMs;
    }
    const delay = this.#nextDelay();
    if (this.#isVersionLost(error)) this.#version = undefined;
    if (!isExpired(error)) this.#sink.failed(error);
    const asked = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    return Math.max(asked, delay);
  }

  async #isMissing(): Promise<boolean> {
    return this.#client.served(this.#kind).then(
      (served) => !served,
      () => false,
    );
  }

  /** Whether to begin anew rather than to resume: the server forgot the version, or never knew it (a restored etcd). */
  #isVersionLost(error: unknown): boolean {
    if (!(error instanceof ApiError) || passingCodes.has(error.code)) return false;
    return error.code < 500 || this.#failures >= resumeAttempts;
  }

  #selection(): Selection {
    const { namespace, labelSelector, fieldSelector } = this.#options;
    return { namespace, labelSelector, fieldSelector };
  }

  /** Between 4 and 6 minutes, so that many watches do not all begin anew at the same moment. */
  #timeoutSeconds(): number {
    return 240 + Math.floor(this.#options.random() * 120);
  }
}

const resumeAttempts = 5;
/** A watch that lasted this long was no failure, however it ended. */
const healthyMs = 10_000;
/** Refusals that say nothing about the version. */
const passingCodes = new Set([401, 403, 429]);

/** Older servers refuse the parameters of a watch that begins with everything. */
function isWatchListRefused(error: unknown): boolean {
  return isInvalid(error) || (error instanceof ApiError && error.code === 400);
}
