/** A source and a target namespace, and what a test does and looks at in them. */
import { randomBytes } from 'node:crypto';
import type { ClusterClient, Kind, KubeObject } from '../../operator/cluster/index.ts';
import {
  dataVolumes,
  environmentClones,
  environmentSnapshots,
  namespaces,
  networkPolicies,
  persistentVolumeClaims,
  pods,
  secrets,
  services,
  type VirtualMachine,
  type VirtualMachineInstance,
  virtualMachineInstances,
  virtualMachines,
  volumeSnapshotContents,
  volumeSnapshots,
} from '../../operator/cluster/kinds.generated.ts';
import { labels } from '../../operator/names.ts';
import type { EnvironmentCloneObject, EnvironmentSnapshotObject } from '../../operator/schema/index.ts';
import { type EnvironmentShape, objectsOf } from './an-environment.ts';
import { applyObjects } from './apply-yaml.ts';
import { hasCondition, waitFor, waitUntilGone } from './wait-for.ts';

/** Less than a test may take, so that the error says what was waited for. */
const patience = { timeoutMs: 45_000 };

type CloneSpec = Readonly<Record<string, unknown>>;

/** What a clone makes in its own namespace. */
const ownKinds: readonly Kind[] = [
  virtualMachines,
  persistentVolumeClaims,
  dataVolumes,
  volumeSnapshots,
  pods,
  services,
  secrets,
  networkPolicies,
];

export class Scene {
  readonly client: ClusterClient;
  readonly source: string;
  readonly target: string;
  /** Name of the Environment and of the clones that a test does not name. */
  readonly environment: string;

  constructor(client: ClusterClient, source: string, target: string, environment = 'shop') {
    this.client = client;
    this.source = source;
    this.target = target;
    this.environment = environment;
  }

  /** Makes a source of this shape and waits until every VM that is to run says that it is ready. */
  async make(shape: EnvironmentShape): Promise<void> {
    await applyObjects(this.client, objectsOf(shape, this.source));
    const running = shape.machines.filter(
      ({ runStrategy = 'Always' }) => runStrategy !== 'Halted' && runStrategy !== 'Manual',
    );
    await Promise.all(running.map(({ name }) => this.machineIsReady(name, this.source)));
  }

  /** Asks for a clone of the source in the target namespace; `spec` over what that takes. */
  async clone({ source, ...spec }: CloneSpec = {}, name = 'copy'): Promise<EnvironmentCloneObject> {
    const object = {
      metadata: { name, namespace: this.target },
      spec: {
        source: { namespace: this.source, environment: this.environment, ...(source as object) },
        ...spec,
      },
    };
    return this.client.create<KubeObject>(
      environmentClones as Kind,
      object as KubeObject,
    ) as Promise<EnvironmentCloneObject>;
  }

  /** Changes the spec of a clone. */
  async change(spec: CloneSpec, name = 'copy'): Promise<void> {
    await this.client.mergePatch(environmentClones, this.#key(name), { spec });
  }

  /** The clone as soon as it is Completed and Ready. */
  async completed(name = 'copy'): Promise<EnvironmentCloneObject> {
    return waitFor(
      this.client,
      environmentClones,
      this.#key(name),
      'Completed and Ready',
      (clone) => hasCondition('Completed')(clone) && hasCondition('Ready')(clone),
      patience,
    );
  }

  /** The clone as soon as a condition holds for it. */
  async cloneIs(
    what: string,
    isSo: (clone: EnvironmentCloneObject) => boolean,
    name = 'copy',
  ): Promise<EnvironmentCloneObject> {
    return waitFor(this.client, environmentClones, this.#key(name), what, isSo, patience);
  }

  async cloneInPhase(phase: string, name = 'copy'): Promise<EnvironmentCloneObject> {
    return this.cloneIs(`in phase ${phase}`, ({ status }) => status?.phase === phase, name);
  }

  /** What stands against the clone, as soon as this reason is among it. */
  async blockedBy(reason: string, name = 'copy'): Promise<string> {
    const { status } = await this.cloneIs(
      `blocked by ${reason}`,
      (clone) => clone.status?.blockers?.some((blocker) => blocker.reason === reason) ?? false,
      name,
    );
    return status!.blockers!.find((blocker) => blocker.reason === reason)!.message;
  }

  async removed(name = 'copy'): Promise<void> {
    await this.client.delete(environmentClones, this.#key(name));
    await waitUntilGone(this.client, environmentClones, this.#key(name), patience);
  }

  /** Captures the source by hand and waits for the storage. */
  async capture(name = 'yesterday', spec: CloneSpec = {}): Promise<EnvironmentSnapshotObject> {
    const object = {
      metadata: { name, namespace: this.source },
      spec: { environment: this.environment, ...spec },
    };
    await this.client.create<KubeObject>(environmentSnapshots as Kind, object as KubeObject);
    return this.captureIs('Ready', hasCondition('Ready'), name);
  }

  async captureIs(
    what: string,
    isSo: (snapshot: EnvironmentSnapshotObject) => boolean,
    name = 'yesterday',
  ): Promise<EnvironmentSnapshotObject> {
    return waitFor(this.client, environmentSnapshots, { namespace: this.source, name }, what, isSo, patience);
  }

  async machineIsReady(name: string, namespace = this.target): Promise<VirtualMachine> {
    return waitFor(
      this.client,
      virtualMachines,
      { namespace, name },
      'ready',
      ({ status }) => status?.ready === true,
      patience,
    );
  }

  async machine(name: string, namespace = this.target): Promise<VirtualMachine> {
    return existing(await this.client.get(virtualMachines, { namespace, name }), `VM ${namespace}/${name}`);
  }

  async instance(name: string, namespace = this.target): Promise<VirtualMachineInstance> {
    const found = await this.client.get(virtualMachineInstances, { namespace, name });
    return existing(found, `VMI ${namespace}/${name}`);
  }

  /** Names of the VMs of a namespace, sorted. */
  async machineNames(namespace = this.target): Promise<readonly string[]> {
    const { items } = await this.client.list(virtualMachines, { namespace });
    return items.map(({ metadata }) => metadata.name).toSorted();
  }

  /** `Kind name` of everything that the clone has made and that is still there, wherever it is. */
  async madeBy({ metadata: { uid } }: KubeObject): Promise<readonly string[]> {
    const labelSelector = `${labels.clone}=${uid}`;
    const inTarget = ownKinds.map((kind) =>
      this.client.list(kind, { namespace: this.target, labelSelector }),
    );
    const elsewhere = [volumeSnapshotContents, environmentSnapshots].map((kind) =>
      this.client.list(kind as Kind, { labelSelector }),
    );
    const lists = await Promise.all([...inTarget, ...elsewhere]);
    return lists.flatMap(({ items }) => items.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
  }

  #key(name: string) {
    return { namespace: this.target, name };
  }
}

function existing<T>(object: T | undefined, what: string): T {
  if (!object) throw new Error(`there is no ${what}`);
  return object;
}

/** A namespace of a test's own; it goes with all that is in it, without anybody waiting. */
export async function ownNamespace(client: ClusterClient, use: string): Promise<string> {
  const name = `e2e-${use}-${randomBytes(4).toString('hex')}`;
  await client.create(namespaces, { metadata: { name } });
  return name;
}
