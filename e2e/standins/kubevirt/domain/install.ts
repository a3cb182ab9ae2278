import type { DiskLocator } from '../../context.ts';
import { installSystem } from '../../guest/disk.ts';
import type { GuestSystem } from '../../guest/journal.ts';
import type { KubeClient } from '../../kube/client.ts';
import { Claims, resourcePath, Volumes } from '../../kube/kinds.ts';
import type { Claim, PersistentVolume } from '../types.ts';

/** Writes systems onto the disks behind claims. */
export class Installer {
  readonly #client: KubeClient;
  readonly #disks: DiskLocator;

  constructor(client: KubeClient, disks: DiskLocator) {
    this.#client = client;
    this.#disks = disks;
  }

  /** Rejects where the claim has no volume of a CSI driver, or a system is on it already. */
  async install(namespace: string, claim: string, system: GuestSystem): Promise<void> {
    try {
      installSystem(this.#disks.path(await this.#volumeHandle(namespace, claim)), system);
    } catch (error) {
      throw new Error(`cannot install a system on ${namespace}/${claim}: ${(error as Error).message}`);
    }
  }

  async #volumeHandle(namespace: string, name: string): Promise<string> {
    const { spec } = await this.#client.get<Claim>(resourcePath(Claims, namespace, name));
    if (spec.volumeName === undefined) throw new Error('it is not bound');
    const path = resourcePath(Volumes, undefined, spec.volumeName);
    const volume = await this.#client.get<PersistentVolume>(path);
    const handle = volume.spec.csi?.volumeHandle;
    if (handle === undefined) throw new Error('its volume is not of a CSI driver');
    return handle;
  }
}
