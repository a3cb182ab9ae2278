import { setMaxListeners } from 'node:events';
import type { Operation } from 'fast-json-patch';
import { type Clock, systemClock } from './clock.ts';
import { CredentialSource } from './credentials.ts';
import { HttpClusterClient } from './http-client.ts';
import type { DeepPartialObject, Kind, KubeObject, ObjectKey } from './objects.ts';
import { Requester, type RequestRecord } from './requester.ts';
import { Transport } from './transport.ts';
import type { WatchEvent } from './watch.ts';

/** Which objects of a kind: all, or those of a namespace that match. */
export interface Selection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/**
 * How to write. With `dryRun` the server does everything but keep the result; with `strict` it refuses fields that it
 * does not know, which it drops otherwise.
 */
export interface WriteOptions {
  readonly dryRun?: boolean;
  readonly strict?: boolean;
  readonly fieldManager?: string;
}

/** How to watch. */
export interface WatchOptions extends Selection {
  /** Only what changed after this version; absent: everything from now on. */
  readonly resourceVersion?: string;
  /** First what is there, then a bookmark with `initialEventsEnd`, then changes. */
  readonly sendInitialEvents?: boolean;
  /** When the server ends the watch. */
  readonly timeoutSeconds?: number;
}

/** How to delete. With `uid`, only that very object and not a successor of its name. */
export interface DeleteOptions {
  readonly uid?: string;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
}

/** A right that somebody may have. */
export interface AccessAttributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Somebody, as the API server knows them. */
export interface Identity {
  readonly username: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
}

/** One page-transparent collection, as of `resourceVersion`. */
export interface ObjectList<T extends KubeObject> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/**
 * The Kubernetes API. Every method throws `ApiError` when the server refuses, `NetworkError` when it does
 * not answer, after retrying what may be retried; objects that are passed in are never changed.
 */
export interface ClusterClient {
  /** The object, or undefined when it is not there. */
  get<T extends KubeObject>(kind: Kind<T>, key: ObjectKey): Promise<T | undefined>;
  /** All objects selected, page by page, as of one moment. */
  list<T extends KubeObject>(kind: Kind<T>, selection?: Selection): Promise<ObjectList<T>>;
  create<T extends KubeObject>(kind: Kind<T>, object: T, options?: WriteOptions): Promise<T>;
  /** Server-side apply: creates the object, or makes the fields given ours. */
  apply<T extends KubeObject>(
    kind: Kind<T>,
    object: DeepPartialObject<T>,
    options?: WriteOptions & { readonly force?: boolean },
  ): Promise<T>;
  /**
   * Makes the status what is given, by a merge patch of what differs; no request when nothing does. `NotFound`
   * when the object is gone or another bears its name.
   */
  patchStatus<T extends KubeObject>(kind: Kind<T>, current: T, status: object): Promise<T>;
  mergePatch<T extends KubeObject>(
    kind: Kind<T>,
    key: ObjectKey,
    patch: object,
    options?: WriteOptions,
  ): Promise<T>;
  jsonPatch<T extends KubeObject>(
    kind: Kind<T>,
    key: ObjectKey,
    patch: readonly Operation[],
    options?: WriteOptions,
  ): Promise<T>;
  /** `absent` when it was not there, or another object bears its name by now. */
  delete(kind: Kind, key: ObjectKey, options?: DeleteOptions): Promise<'deleted' | 'absent'>;
  deleteCollection(
    kind: Kind,
    selection: { readonly namespace?: string; readonly labelSelector: string },
  ): Promise<void>;
  /** PUTs to a subresource, such as `start` of a VM. Sent once only: the caller knows its deadline. */
  invoke(kind: Kind, key: ObjectKey, subresource: string, body?: object): Promise<void>;
  /** One watch, until the server ends it. See `startInformer` for one that never ends. */
  watch<T extends KubeObject>(
    kind: Kind<T>,
    options: WatchOptions,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>>;
  /** Whether the server serves this kind now. */
  served(kind: Kind): Promise<boolean>;
  /** Who we are to the server. */
  whoami(): Promise<Identity>;
  /** Whether somebody (we, if nobody is named) has a right. */
  accessReview(attributes: AccessAttributes, user?: Identity): Promise<boolean>;
}

/** How to reach a cluster. */
export interface ConnectOptions {
  /** Path of a kubeconfig; default: `KUBECONFIG`, `~/.kube/config`, the pod's service account. */
  readonly kubeconfig?: string;
  /** Whom fields that we write belong to. */
  readonly fieldManager: string;
  readonly userAgent: string;
  /** Called for every request as it ends, and for every watch as it begins. */
  readonly onRequest?: (record: RequestRecord) => void;
  /** Ends every request, wait and watch. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** A number in [0, 1), for jitter. */
  readonly random?: () => number;
}

/** A client of the cluster that a kubeconfig names. Connects at the first request. */
export function connect(options: ConnectOptions): ClusterClient & AsyncDisposable {
  const { clock = systemClock, random = Math.random } = options;
  const closing = new AbortController();
  const signal = AbortSignal.any([options.signal, closing.signal]);
  // Each request under way listens to it.
  setMaxListeners(0, signal);
  const transport = new Transport(new CredentialSource(options.kubeconfig, clock), options.userAgent);
  const requester = new Requester(transport, { ...options, clock, random, signal });
  const client = new HttpClusterClient(requester, options.fieldManager);
  return Object.assign(client, {
    async [Symbol.asyncDispose]() {
      closing.abort(new DOMException('The connection to the cluster was closed.', 'AbortError'));
      await transport[Symbol.asyncDispose]();
    },
  });
}
