import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cache } from './kube/cache.ts';
import { KubeClient } from './kube/client.ts';
import { unlessNotFound } from './kube/error.ts';
import {
  Claims,
  Events,
  Namespaces,
  type ResourceKind,
  resourcePath,
  VolumeSnapshots,
} from './kube/kinds.ts';
import type { KubeObject } from './kube/objects.ts';
import type { Claim, ClaimSpec, VolumeSnapshot } from './storage/objects.ts';

const AT_MOST_MS = 30_000;
const LOOK_AGAIN_MS = 20;

/** A namespace of a test's own, with builders for what most tests begin with. Deleted in the background at the end. */
export class Scratch implements AsyncDisposable {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly #ended = new AbortController();

  private constructor(client: KubeClient, namespace: string) {
    this.client = client;
    this.namespace = namespace;
  }

  static async create(kubeconfig: string, name: string): Promise<Scratch> {
    const client = await KubeClient.fromKubeconfig(kubeconfig);
    const namespace = `${name}-${randomBytes(3).toString('hex')}`;
    await client.create(resourcePath(Namespaces), { metadata: { name: namespace } });
    return new Scratch(client, namespace);
  }

  create<T extends KubeObject>(kind: ResourceKind, object: object): Promise<T> {
    return this.client.create<T>(resourcePath(kind, this.namespace), object);
  }

  get<T extends KubeObject>(kind: ResourceKind, name: string): Promise<T> {
    return this.client.get<T>(resourcePath(kind, kind.namespaced ? this.namespace : undefined, name));
  }

  delete(kind: ResourceKind, name: string): Promise<unknown> {
    return this.client.delete(resourcePath(kind, this.namespace, name));
  }

  claim(name: string, spec: Partial<ClaimSpec> = {}, labels: Record<string, string> = {}): Promise<Claim> {
    return this.create<Claim>(Claims, { metadata: { name, labels }, spec: { ...plainClaim, ...spec } });
  }

  async boundClaim(
    name: string,
    spec: Partial<ClaimSpec> = {},
    labels?: Record<string, string>,
  ): Promise<Claim> {
    await this.claim(name, spec, labels);
    return this.until<Claim>(Claims, name, 'it is bound', ({ status }) => status?.phase === 'Bound');
  }

  snapshot(name: string, spec: Partial<VolumeSnapshot['spec']>): Promise<VolumeSnapshot> {
    const common = { apiVersion: 'snapshot.storage.k8s.io/v1', kind: 'VolumeSnapshot', metadata: { name } };
    const object = { ...common, spec: { volumeSnapshotClassName: 'hostpath-snap', ...spec } };
    return this.create<VolumeSnapshot>(VolumeSnapshots, object);
  }

  async readySnapshot(name: string, persistentVolumeClaimName: string): Promise<VolumeSnapshot> {
    await this.snapshot(name, { source: { persistentVolumeClaimName } });
    return this.untilReady(name);
  }

  untilReady(name: string): Promise<VolumeSnapshot> {
    const ready = ({ status }: VolumeSnapshot) => status?.readyToUse === true;
    return this.until<VolumeSnapshot>(VolumeSnapshots, name, 'it is ready', ready);
  }

  /** The object once it is as said; fails with what it was last. */
  async until<T extends KubeObject>(
    kind: ResourceKind,
    name: string,
    what: string,
    is: (object: T) => boolean,
  ): Promise<T> {
    const deadline = Date.now() + AT_MOST_MS;
    for (;;) {
      const object = await unlessNotFound(this.get<T>(kind, name));
      if (object && is(object)) return object;
      if (Date.now() > deadline) {
        throw new Error(`${kind.kind} ${name}: not ${what}: ${JSON.stringify(object)}`);
      }
      await sleep(LOOK_AGAIN_MS);
    }
  }

  async untilGone(kind: ResourceKind, name: string): Promise<void> {
    const deadline = Date.now() + AT_MOST_MS;
    while (await unlessNotFound(this.get(kind, name))) {
      if (Date.now() > deadline) throw new Error(`${kind.kind} ${name} is still there`);
      await sleep(LOOK_AGAIN_MS);
    }
  }

  /** The distinct values that something of an object takes from now on, in order. */
  async record<T extends KubeObject>(
    kind: ResourceKind,
    name: string,
    value: (object: T) => unknown,
  ): Promise<unknown[]> {
    const cache = new Cache<T>(this.client, kind);
    await cache.start(this.#ended.signal);
    const values: unknown[] = [];
    cache.onChange((type, object) => {
      const ours = kind.namespaced ? object.metadata.namespace === this.namespace : true;
      if (type === 'deleted' || !ours || object.metadata.name !== name) return;
      const next = value(object);
      if (values.length === 0 || values.at(-1) !== next) values.push(next);
    });
    return values;
  }

  /** `reason: message` of every Event about an object of this namespace. */
  async events(name: string): Promise<string[]> {
    const { items } = await this.client.list<RecordedEvent>(resourcePath(Events, this.namespace));
    return items
      .filter(({ involvedObject }) => involvedObject.name === name)
      .map(({ reason, message }) => `${reason}: ${message}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await unlessNotFound(this.client.delete(resourcePath(Namespaces, undefined, this.namespace)));
    await this.client.close();
  }
}

interface RecordedEvent {
  readonly involvedObject: { readonly name: string };
  readonly reason: string;
  readonly message: string;
}

const plainClaim: ClaimSpec = {
  storageClassName: 'immediate',
  volumeMode: 'Filesystem',
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '64Mi' } },
};

/** Whether values come in the order of a recording, some of which may be passed over too soon to be seen. */
export function isInOrder(values: readonly unknown[], recorded: readonly unknown[]): boolean {
  let at = -1;
  return values.every((value) => {
    at = recorded.indexOf(value, at + 1);
    return at >= 0;
  });
}
