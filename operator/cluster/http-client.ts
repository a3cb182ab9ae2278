import type { Operation } from 'fast-json-patch';
import type {
  AccessAttributes,
  ClusterClient,
  DeleteOptions,
  Identity,
  ObjectList,
  Selection,
  WatchOptions,
  WriteOptions,
} from './client.ts';
import { deleteOne, deleteSelected } from './deletions.ts';
import { isServed } from './discovery.ts';
import { ApiError, isNotFound } from './errors.ts';
import { readList, selectors, typed } from './lists.ts';
import {
  collectionPath,
  type DeepPartialObject,
  type Kind,
  type KubeObject,
  type ObjectKey,
  objectPath,
} from './objects.ts';
import { writeFromLatest } from './optimistic.ts';
import { mergePatchBetween } from './patches.ts';
import type { ApiRequest, Requester } from './requester.ts';
import { reviewAccess, reviewSelf } from './reviews.ts';
import { readEvents, type WatchEvent } from './watch.ts';

/** The cluster's API over HTTP: what each call of the interface is as a request. */
export class HttpClusterClient implements ClusterClient {
  readonly #requester: Requester;
  readonly #fieldManager: string;

  constructor(requester: Requester, fieldManager: string) {
    this.#requester = requester;
    this.#fieldManager = fieldManager;
  }

  async get<T extends KubeObject>(kind: Kind<T>, key: ObjectKey): Promise<T | undefined> {
    const path = objectPath(kind, key);
    try {
      return (await this.#requester.call({ verb: 'get', kind, method: 'GET', path, retry: 'always' })) as T;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  list<T extends KubeObject>(kind: Kind<T>, selection: Selection = {}): Promise<ObjectList<T>> {
    return readList(this.#requester, kind, selection);
  }

  async create<T extends KubeObject>(kind: Kind<T>, object: T, options: WriteOptions = {}): Promise<T> {
    const path = collectionPath(kind, namespaceOf(kind, object));
    const query = this.#writing(options);
    const body = typed(kind, object);
    const request: ApiRequest = {
      verb: 'create',
      kind,
      method: 'POST',
      path,
      query,
      body,
      retry: 'unprocessed',
    };
    return ((await this.#requester.call(request)) ?? body) as T;
  }

  apply<T extends KubeObject>(
    kind: Kind<T>,
    object: DeepPartialObject<T>,
    options: WriteOptions & { readonly force?: boolean } = {},
  ): Promise<T> {
    return this.#patch(kind, objectPath(kind, object.metadata), typed(kind, object), {
      verb: 'apply',
      query: { ...this.#writing(options), force: options.force ? 'true' : undefined },
      contentType: 'application/apply-patch+yaml',
      retry: 'always',
    });
  }

  async patchStatus<T extends KubeObject>(kind: Kind<T>, current: T, status: object): Promise<T> {
    const written = await writeFromLatest(this, kind, current, (held) =>
      this.#patchStatusOf(kind, held, status),
    );
    if (written) return written;
    const path = objectPath(kind, current.metadata, 'status');
    const message = 'the object is gone, or another bears its name by now';
    throw new ApiError({ code: 404, reason: 'NotFound', message, request: `PATCH ${path}` });
  }

  /** The difference holds for one version only; the server checks no UID on a status. */
  async #patchStatusOf<T extends KubeObject>(kind: Kind<T>, held: T, status: object): Promise<T> {
    const change = mergePatchBetween((held as { status?: object }).status ?? {}, status);
    if (!change) return held;
    const { resourceVersion } = held.metadata;
    const path = objectPath(kind, held.metadata, 'status');
    return this.#patch(kind, path, { metadata: { resourceVersion }, status: change }, this.#merging({}));
  }

  mergePatch<T extends KubeObject>(
    kind: Kind<T>,
    key: ObjectKey,
    patch: object,
    options: WriteOptions = {},
  ): Promise<T> {
    return this.#patch(kind, objectPath(kind, key), patch, this.#merging(options));
  }

  jsonPatch<T extends KubeObject>(
    kind: Kind<T>,
    key: ObjectKey,
    patch: readonly Operation[],
    options: WriteOptions = {},
  ): Promise<T> {
    return this.#patch(kind, objectPath(kind, key), patch, {
      verb: 'patch',
      query: this.#writing(options),
      contentType: 'application/json-patch+json',
      // Adding to a list twice is not the same as once.
      retry: 'unprocessed',
    });
  }

  delete(kind: Kind, key: ObjectKey, options: DeleteOptions = {}): Promise<'deleted' | 'absent'> {
    return deleteOne(this.#requester, kind, key, options);
  }

  deleteCollection(kind: Kind, selection: Selection & { readonly labelSelector: string }): Promise<void> {
    return deleteSelected(this.#requester, kind, selection);
  }

  async invoke(kind: Kind, key: ObjectKey, subresource: string, body?: object): Promise<void> {
    const path = objectPath(kind, key, subresource);
    // KubeVirt answers 406 to whoever insists on JSON, and does nothing.
    const accept = '*/*';
    await this.#requester.call({ verb: 'update', kind, method: 'PUT', path, body, accept, retry: 'never' });
  }

  watch<T extends KubeObject>(
    kind: Kind<T>,
    options: WatchOptions,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>> {
    const { timeoutSeconds = 300, resourceVersion, sendInitialEvents } = options;
    const path = collectionPath(kind, options.namespace);
    const query = {
      ...selectors(options),
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(timeoutSeconds),
      resourceVersion,
      ...(sendInitialEvents && { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }),
    };
    const request: ApiRequest = { verb: 'watch', kind, method: 'GET', path, query, retry: 'never' };
    return readEvents<T>(this.#requester.stream(request, timeoutSeconds, signal), `GET ${path}`);
  }

  served(kind: Kind): Promise<boolean> {
    return isServed(this.#requester, kind);
  }

  whoami(): Promise<Identity> {
    return reviewSelf(this.#requester);
  }

  accessReview(attributes: AccessAttributes, user?: Identity): Promise<boolean> {
    return reviewAccess(this.#requester, attributes, user);
  }

  async #patch<T extends KubeObject>(
    kind: Kind<T>,
    path: string,
    body: object,
    how: Pick<ApiRequest, 'verb' | 'query' | 'contentType' | 'retry'>,
  ): Promise<T> {
    return (await this.#requester.call({ ...how, kind, method: 'PATCH', path, body })) as T;
  }

  #merging(options: WriteOptions): Pick<ApiRequest, 'verb' | 'query' | 'contentType' | 'retry'> {
    const query = this.#writing(options);
    return { verb: 'patch', query, contentType: 'application/merge-patch+json', retry: 'always' };
  }

  #writing({ fieldManager, dryRun, strict }: WriteOptions): Record<string, string | undefined> {
    return {
      fieldManager: fieldManager ?? this.#fieldManager,
      dryRun: dryRun ? 'All' : undefined,
      fieldValidation: strict ? 'Strict' : undefined,
    };
  }
}

function namespaceOf(kind: Kind, object: KubeObject): string | undefined {
  const { namespace, name } = object.metadata;
  if (!kind.namespaced || namespace) return namespace;
  throw new TypeError(`${kind.kind} ${name} lives in a namespace, and none was given`);
}
