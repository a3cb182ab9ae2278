import { mkdirSync } from 'node:fs';
import { startCdi } from './cdi/run.ts';
import { Conflicts } from './conflicts.ts';
import type { StandInContext } from './context.ts';
import { type Fault, Faults } from './faults.ts';
import type { GuestSystem } from './guest/journal.ts';
import { KubeClient } from './kube/client.ts';
import { clientOf } from './kube/identity.ts';
import type { Words } from './kubevirt/domain/interview.ts';
import { type KubeVirt, startKubeVirt } from './kubevirt/run.ts';
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

export interface ProgramOptions {
  /** Path of a cluster-admin kubeconfig. */
  readonly kubeconfig: string;
  readonly directory: string;
  readonly pace: Pace;
  readonly blankDisksBoot: boolean;
}

/** All stand-ins of one cluster: first what it has of objects, then the systems themselves. */
export class StandInsProgram {
  readonly #faults = new Faults();
  readonly #conflicts: Conflicts;
  readonly #options: ProgramOptions;
  readonly #stopping = new AbortController();
  #kubeVirt: KubeVirt | undefined;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: ProgramOptions) {
    this.#options = options;
    this.#conflicts = new Conflicts(options.kubeconfig, this.#faults);
  }

  /** Resolves when every system watches and serves; they go on until the process ends. */
  async start(): Promise<void> {
    const { directory } = this.#options;
    mkdirSync(directory, { recursive: true });
    const drivers = [HOSTPATH, OTHER].map((name) => new CsiDriver(name, directory));
    const containers = new Containers();
    const context = this.#context(drivers[0]!, containers);
    const caches = await this.#prepare();
    const pods = await startPodCaches(context);
    const cdi = await startCdi(context, caches, pods, drivers[0]!);
    this.#kubeVirt = await startKubeVirt(context);
    const storage = runStorage(context, caches, drivers, NODE_NAME);
    const node = runNode(context, caches, containers, pods);
    this.#running = Promise.all([storage, node, cdi.ended, this.#kubeVirt.ended]);
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

  /** Writes an installed system onto the disk of a claim that is bound and empty. */
  async install(namespace: string, claim: string, system: GuestSystem): Promise<void> {
    await this.#kubeVirt!.install(namespace, claim, system);
  }

  /** What the guest of a VM says of itself. */
  ask(namespace: string, name: string): Words {
    return this.#kubeVirt!.ask(namespace, name);
  }

  /** Rejects if one of the systems breaks. */
  async run(): Promise<void> {
    await this.#running;
  }

  #context(disks: CsiDriver, podReadiness: Containers): StandInContext {
    return {
      adminKubeconfig: this.#options.kubeconfig,
      directory: this.#options.directory,
      pace: this.#options.pace,
      blankDisksBoot: this.#options.blankDisksBoot,
      faults: this.#faults,
      podReadiness,
      disks,
      signal: this.#stopping.signal,
    };
  }

  async #prepare(): Promise<StorageCaches> {
    const { kubeconfig } = this.#options;
    const admin = await KubeClient.fromKubeconfig(kubeconfig);
    await removeRegistrations(admin);
    await makeStorageObjects(admin);
    await admin.close();
    const watcher = await clientOf(kubeconfig, snapshotControllerIdentity);
    return startStorageCaches(watcher, this.#stopping.signal);
  }
}
