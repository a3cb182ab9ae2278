/** Everything that a clone is shown by, kept current. What the user may not read in the source is done without. */
import {
  type ClusterClient,
  type Informer,
  type InformerOptions,
  isForbidden,
  isNotFound,
  type Kind,
  type KubeObject,
  type ObjectKey,
  startInformer,
} from '../cluster/index.ts';
import {
  controllerRevisions,
  environmentClones,
  environmentSnapshots,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  type VirtualMachine,
  type VirtualMachineInstance,
  virtualMachineInstances,
  virtualMachines,
} from '../cluster/kinds.generated.ts';
import { labels } from '../names.ts';
import type { CapturedEnvironment } from '../plan/capture/model.ts';
import { decodeAttempts, UnreadableCapture } from '../plan/capture/revisions.ts';
import type { EnvironmentCloneObject } from '../schema/index.ts';

/** What is known of a clone; maps are by name, of the namespace of the clone. */
export interface CloneFacts {
  readonly clone: EnvironmentCloneObject;
  readonly machines: ReadonlyMap<string, VirtualMachine>;
  readonly instances: ReadonlyMap<string, VirtualMachineInstance>;
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
  /** Absent before it is captured, and where it may not be read. */
  readonly captured?: CapturedEnvironment;
}

export class CloneReader {
  readonly #client: ClusterClient;
  readonly #clone: EnvironmentCloneObject;
  readonly #clones: Informer<EnvironmentCloneObject>;
  readonly #machines: Informer<VirtualMachine>;
  readonly #instances: Informer<VirtualMachineInstance>;
  readonly #claims: Informer<PersistentVolumeClaim>;
  readonly #refused = Promise.withResolvers<never>();
  readonly #changed: (() => void)[] = [];
  #capture: Capture = { accepted: false };
  /** The version of the clone at which the capture was last asked for. */
  #askedAt: string | undefined;
  #mayReadCapture = true;

  private constructor(client: ClusterClient, clone: EnvironmentCloneObject, signal: AbortSignal) {
    this.#client = client;
    this.#clone = clone;
    this.#refused.promise.catch(() => {});
    const labelSelector = `${labels.clone}=${clone.metadata.uid}`;
    const follow = <T extends KubeObject>(kind: Kind<T>, options: Partial<InformerOptions<T>> = {}) => {
      const { namespace } = clone.metadata;
      const onError = (error: unknown) => this.#failed(error);
      const informer = startInformer(client, kind, { namespace, signal, onError, ...options });
      informer.onChange(() => this.#tell());
      return informer;
    };
    this.#clones = follow(environmentClones);
    this.#machines = follow(virtualMachines, { labelSelector, optional: true });
    this.#instances = follow(virtualMachineInstances, { labelSelector, optional: true });
    // Not by label: the claims that CDI makes have none of ours.
    this.#claims = follow(persistentVolumeClaims);
  }

  /** Resolves when everything there is has been read; rejects where the user may not read it. */
  static async open(
    client: ClusterClient,
    clone: EnvironmentCloneObject,
    signal: AbortSignal,
  ): Promise<CloneReader> {
    const reader = new CloneReader(client, clone, signal);
    const informers = [reader.#clones, reader.#machines, reader.#instances, reader.#claims];
    await Promise.race([Promise.all(informers.map(({ synced }) => synced)), reader.#refused.promise]);
    return reader;
  }

  /** Called for every change of what `facts` answers. */
  onChange(listener: () => void): void {
    this.#changed.push(listener);
  }

  /** What there is now; undefined when the clone is gone. */
  async facts(): Promise<CloneFacts | undefined> {
    const { namespace, name, uid } = this.#clone.metadata;
    const clone = this.#clones.get(namespace, name);
    if (clone?.metadata.uid !== uid || !clone) return undefined;
    if (this.#captureIsDue(clone)) this.#capture = await this.#readCapture(clone);
    return {
      clone,
      machines: byName(this.#machines),
      instances: byName(this.#instances),
      claims: byName(this.#claims),
      captured: this.#capture.captured,
    };
  }

  #captureIsDue(clone: EnvironmentCloneObject): boolean {
    const due = !this.#capture.accepted && this.#mayReadCapture && clone.status?.snapshot !== undefined;
    return due && this.#askedAt !== clone.metadata.resourceVersion;
  }

  async #readCapture(clone: EnvironmentCloneObject): Promise<Capture> {
    this.#askedAt = clone.metadata.resourceVersion;
    try {
      return await readCapture(this.#client, clone.status!.snapshot!);
    } catch (error) {
      if (!isForbidden(error) && !isNotFound(error) && !(error instanceof UnreadableCapture)) throw error;
      this.#mayReadCapture = false;
      return { accepted: false };
    }
  }

  #failed(error: unknown): void {
    if (isForbidden(error)) this.#refused.reject(error);
  }

  #tell(): void {
    for (const listener of this.#changed) listener();
  }
}

interface Capture {
  readonly captured?: CapturedEnvironment;
  /** It will not be another one any more. */
  readonly accepted: boolean;
}

async function readCapture(client: ClusterClient, key: ObjectKey): Promise<Capture> {
  const snapshot = await client.get(environmentSnapshots, key);
  if (!snapshot) return { accepted: false };
  const labelSelector = `${labels.snapshot}=${snapshot.metadata.uid},${labels.part}`;
  const { items } = await client.list(controllerRevisions, { namespace: key.namespace, labelSelector });
  const attempt = decodeAttempts(items).findLast(({ verdict }) => verdict?.outcome !== 'GivenUp');
  return { captured: attempt?.captured, accepted: attempt?.verdict?.outcome === 'Accepted' };
}

function byName<T extends KubeObject>(informer: Informer<T>): ReadonlyMap<string, T> {
  return new Map([...informer.list()].map((object) => [object.metadata.name, object]));
}
