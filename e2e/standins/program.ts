import { mkdirSync } from 'node:fs';
import { startCdi } from './cdi/run.ts';
import { Conflicts } from './conflicts.ts';
import type { StandInContext } from './context.ts';
import { type Fault, Faults } from './faults.ts';
import { KubeClient } from './kube/client.ts';
import { clientOf } from './kube/identity.ts';
import { startKubeVirt } from './kubevirt/run.ts';
import { Containers } from './node/containers.ts';
import { NODE_NAME } from './node/node-object.ts';
import { runNode, startPodCaches } from './node/run.ts';
import type { Pace } from './pace.ts';
import { removeRegistrations } from './registrations.ts';
import { type StorageCaches, startStorageCaches } from './storage/caches.ts';
import { HOSTPATH, makeStorageObjects, OTHER } from './storage/cluster-objects.ts';
import { CsiDriver } from './storage/driver.ts';
import { snapshotControllerIdentity } from './storage/identities.ts';
import { runStorage } from './storage/run.ts';

/** All stand-ins of one cluster: first what it has of objects, then the systems themselves. */
export class StandInsProgram {
  readonly #faults = new Faults();
  readonly #conflicts: Conflicts;
  readonly #kubeconfig: string;
  readonly #directory: string;
  readonly #pace: Pace;
  readonly #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(kubeconfig: string, directory: string, pace: Pace) {
    this.#kubeconfig = kubeconfig;
    this.#directory = directory;
    this.#pace = pace;
    this.#conflicts = new Conflicts(kubeconfig, this.#faults);
  }

  /** Resolves when every system watches and serves; they go on until the process ends. */
  async start(): Promise<void> {
    mkdirSync(this.#directory, { recursive: true });
    const drivers = [HOSTPATH, OTHER].map((name) => new CsiDriver(name, this.#directory));
    const containers = new Containers();
    const context = this.#context(drivers[0]!, containers);
    const caches = await this.#prepare();
    const pods = await startPodCaches(context);
    const cdi = await startCdi(context, caches, pods, drivers[0]!);
    const kubeVirt = await startKubeVirt(context);
    const storage = runStorage(context, caches, drivers, NODE_NAME);
    const node = runNode(context, caches, containers, pods);
    this.#running = Promise.all([storage, node, cdi.ended, kubeVirt.ended]);
  }

  /** Resolves when the fault is in force. */
  async inject(fault: Fault): Promise<void> {
    this.#faults.inject(fault);
    if (fault.name === 'api-conflict') await this.#conflicts.begin();
  }

  async clear(name?: string): Promise<void> {
    this.#faults.clear(name);
    if (name === undefined || name === 'api-conflict') await this.#conflicts.end();
  }

  /** Rejects if one of the systems breaks. */
  async run(): Promise<void> {
    await this.#running;
  }

  #context(disks: CsiDriver, podReadiness: Containers): StandInContext {
    return {
      adminKubeconfig: this.#kubeconfig,
      directory: this.#directory,
      pace: this.#pace,
      faults: this.#faults,
      podReadiness,
      disks,
      signal: this.#stopping.signal,
    };
  }

  async #prepare(): Promise<StorageCaches> {
    const admin = await KubeClient.fromKubeconfig(this.#kubeconfig);
    await removeRegistrations(admin);
    await makeStorageObjects(admin);
    await admin.close();
    const watcher = await clientOf(this.#kubeconfig, snapshotControllerIdentity);
    return startStorageCaches(watcher, this.#stopping.signal);
  }
}
