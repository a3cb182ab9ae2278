import { type Journal, readJournal } from '../../guest/consistency.ts';
import { unlessNotFound } from '../../kube/error.ts';
import {
  apiVersion,
  Claims,
  Events,
  type ResourceKind,
  resourcePath,
  VirtualMachineClones,
  VirtualMachineRestores,
  VirtualMachineSnapshots,
  Volumes,
} from '../../kube/kinds.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { conditionOf, isTrue } from '../conditions.ts';
import { TestCluster } from '../test-cluster.ts';
import type { Claim, PersistentVolume } from '../types.ts';
import type { VirtualMachineRestore, VirtualMachineSnapshot } from './types.ts';

const machine = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine' };

/** The tests' cluster with a VM `db` on claims `root` and `data` in a namespace, its agent connected. */
export class SnapshotCluster implements AsyncDisposable {
  readonly cluster: TestCluster;

  private constructor(cluster: TestCluster) {
    this.cluster = cluster;
  }

  static async start(kubeconfig: string, name: string): Promise<SnapshotCluster> {
    const cluster = await TestCluster.start(kubeconfig, name);
    await Promise.all([cluster.claim('root'), cluster.claim('data')]);
    await cluster.machine('db', { claims: ['root', 'data'] });
    await cluster.until('the agent is connected', async () =>
      isTrue((await cluster.vmi('db'))?.status?.conditions, 'AgentConnected'),
    );
    return new SnapshotCluster(cluster);
  }

  snapshot(name: string, more: object = {}): Promise<KubeObject> {
    return this.create(VirtualMachineSnapshots, name, { source: { ...machine, name: 'db' }, ...more });
  }

  restore(name: string, target: string, snapshot: string, more: object = {}): Promise<KubeObject> {
    const spec = { target: { ...machine, name: target }, virtualMachineSnapshotName: snapshot, ...more };
    return this.create(VirtualMachineRestores, name, spec);
  }

  clone(name: string, more: object = {}): Promise<KubeObject> {
    const spec = { source: { ...machine, name: 'db' }, target: { ...machine, name }, ...more };
    return this.create(VirtualMachineClones, name, spec);
  }

  create(kind: ResourceKind, name: string, spec: object): Promise<KubeObject> {
    const object = { apiVersion: apiVersion(kind), kind: kind.kind, metadata: { name }, spec };
    return this.cluster.client.create(this.cluster.path(kind), object);
  }

  find<T extends KubeObject>(kind: ResourceKind, name: string): Promise<T | undefined> {
    return unlessNotFound(this.cluster.client.get<T>(this.cluster.path(kind, name)));
  }

  async names(kind: ResourceKind): Promise<string[]> {
    const { items } = await this.cluster.client.list(this.cluster.path(kind));
    return items.map(({ metadata }) => metadata.name).sort();
  }

  delete(kind: ResourceKind, name: string): Promise<unknown> {
    return this.cluster.client.delete(this.cluster.path(kind, name));
  }

  /** The object once it is as said. */
  until<T extends KubeObject>(kind: ResourceKind, name: string, is: (object: T) => unknown): Promise<T> {
    return this.cluster.until(`${kind.kind} ${name} is as said`, async () => {
      const found = await this.find<T>(kind, name);
      return found !== undefined && is(found) ? found : undefined;
    });
  }

  readySnapshot(name: string): Promise<VirtualMachineSnapshot> {
    return this.until<VirtualMachineSnapshot>(
      VirtualMachineSnapshots,
      name,
      ({ status }) => status?.readyToUse,
    );
  }

  completeRestore(name: string): Promise<VirtualMachineRestore> {
    return this.until<VirtualMachineRestore>(VirtualMachineRestores, name, ({ status }) => status?.complete);
  }

  /** Until no snapshot holds the VM. */
  async free(): Promise<void> {
    await this.cluster.until(
      'the VM is free',
      async () => (await this.cluster.vm('db'))?.status?.snapshotInProgress === undefined,
    );
  }

  /** `reason: message` of every Event about an object. */
  async events(name: string): Promise<string[]> {
    const { items } = await this.cluster.client.list<RecordedEvent>(this.cluster.path(Events));
    return items
      .filter(({ involvedObject }) => involvedObject.name === name)
      .map(({ reason, message }) => `${reason}: ${message}`);
  }

  /** What the guest has written on a claim. */
  async journal(claimName: string): Promise<Journal> {
    const { client, lab } = this.cluster;
    const claim = await client.get<Claim>(this.cluster.path(Claims, claimName));
    const path = resourcePath(Volumes, undefined, claim.spec.volumeName);
    const { spec } = await client.get<PersistentVolume>(path);
    return readJournal(`${lab.directory}/volumes/${spec.csi!.volumeHandle}/disk.img`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cluster[Symbol.asyncDispose]();
  }
}

interface RecordedEvent extends KubeObject {
  readonly involvedObject: { readonly name: string };
  readonly reason: string;
  readonly message: string;
}

/** What a snapshot or restore says of its progress. */
export function progressOf({ status }: VirtualMachineSnapshot | VirtualMachineRestore): string | undefined {
  return conditionOf(status?.conditions, 'Progressing')?.reason;
}
