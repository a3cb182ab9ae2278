/** An API server that is a map: it refuses what the real one refuses, with the same errors. */
import {
  ApiError,
  type ClusterClient,
  type DeleteOptions,
  type Kind,
  type KubeObject,
  keyOf,
  mergePatchBetween,
  type ObjectKey,
  type ObjectList,
  parseLabelSelector,
  type Selection,
  type WriteOptions,
} from '../cluster/index.ts';

export class MemoryClient {
  readonly objects = new Map<string, KubeObject>();
  /** Every request that writes, in order: `create VirtualMachine staging/db`. */
  readonly writes: string[] = [];
  /** How often something was listed. */
  lists = 0;
  /** What the server makes of an object before it keeps it; throws to refuse it. */
  admit: (kind: Kind, object: KubeObject) => KubeObject = (_, object) => object;
  #version = 0;

  asClient(): ClusterClient {
    return this as unknown as ClusterClient;
  }

  put(kind: Kind, object: KubeObject): KubeObject {
    const { metadata } = object;
    const uid = metadata.uid ?? `uid-${++this.#version}`;
    const kept = { ...object, metadata: { ...metadata, uid, resourceVersion: String(++this.#version) } };
    this.objects.set(idOf(kind, metadata), kept);
    return kept;
  }

  async get(kind: Kind, key: ObjectKey): Promise<KubeObject | undefined> {
    return this.objects.get(idOf(kind, key));
  }

  async list(kind: Kind, { labelSelector = '' }: Selection = {}): Promise<ObjectList<KubeObject>> {
    this.lists++;
    const isSelected = parseLabelSelector(labelSelector);
    const items = [...this.objects]
      .filter(([id, { metadata }]) => id.startsWith(`${kind.kind} `) && isSelected(metadata.labels))
      .map(([, object]) => object);
    return { items, resourceVersion: String(this.#version) };
  }

  async create(kind: Kind, object: KubeObject, { dryRun, strict }: WriteOptions = {}): Promise<KubeObject> {
    const id = idOf(kind, object.metadata);
    this.writes.push(`${strict ? 'strict ' : ''}${dryRun ? 'dry run' : 'create'} ${id}`);
    if (this.objects.has(id)) throw refusal(409, 'AlreadyExists', `${id} already exists`);
    const admitted = this.admit(kind, object);
    return dryRun ? admitted : this.put(kind, admitted);
  }

  async mergePatch(kind: Kind, key: ObjectKey, patch: { metadata?: object }): Promise<KubeObject> {
    const id = idOf(kind, key);
    this.writes.push(`patch ${id}`);
    const present = this.objects.get(id);
    if (!present) throw refusal(404, 'NotFound', `${id} not found`);
    return this.put(kind, { ...present, metadata: { ...present.metadata, ...patch.metadata } });
  }

  async patchStatus<T extends KubeObject>(kind: Kind<T>, current: T, status: object): Promise<T> {
    const before = (current as { status?: object }).status ?? {};
    if (!mergePatchBetween(before, status)) return current;
    this.writes.push(`status ${idOf(kind, current.metadata)}`);
    return this.put(kind, { ...current, status } as KubeObject) as T;
  }

  async delete(kind: Kind, key: ObjectKey, { uid }: DeleteOptions = {}): Promise<'deleted' | 'absent'> {
    const id = idOf(kind, key);
    this.writes.push(`delete ${id}`);
    const present = this.objects.get(id);
    if (!present || (uid && present.metadata.uid !== uid)) return 'absent';
    this.objects.delete(id);
    return 'deleted';
  }

  async deleteCollection(kind: Kind, { labelSelector }: { labelSelector: string }): Promise<void> {
    this.writes.push(`delete every ${kind.kind} with ${labelSelector}`);
  }

  async invoke(kind: Kind, key: ObjectKey, subresource: string): Promise<void> {
    this.writes.push(`${subresource} ${idOf(kind, key)}`);
  }
}

/** An answer of the API server that refuses a request. */
export function refusal(code: number, reason: string, message = reason): ApiError {
  return new ApiError({ code, reason, message, request: 'POST /apis' });
}

function idOf(kind: Kind, key: ObjectKey): string {
  return `${kind.kind} ${keyOf(key)}`;
}
