/** Everything that decides what happens next to an EnvironmentSnapshot, read into plain values. */
import { type ClusterClient, keyFrom } from '../cluster/index.ts';
import {
  type ControllerRevision,
  controllerRevisions,
  type PersistentVolumeClaim,
  type Service,
} from '../cluster/kinds.generated.ts';
import { captureLabelPrefix, labels } from '../names.ts';
import type { CaptureStorage } from '../plan/capture/disks.ts';
import type { LiveMachine, SnapshotClasses } from '../plan/capture/machines.ts';
import type { Attempt } from '../plan/capture/model.ts';
import { decodeAttempts, UnreadableCapture } from '../plan/capture/revisions.ts';
import type { EnvironmentObject, EnvironmentSnapshotObject } from '../schema/index.ts';
import { observeLiveMachines } from './live-machines.ts';
import { indexes, type World } from './world.ts';

export interface ObservedCapture {
  readonly snapshot: EnvironmentSnapshotObject;
  readonly environment?: EnvironmentObject;
  /** Oldest first. */
  readonly attempts: readonly Attempt[];
  /** Why its attempts cannot be read. */
  readonly unreadable?: string;
  readonly storage: CaptureStorage;
  /** Claims that still carry the temporary label of one of its groups. */
  readonly labelledClaims: readonly PersistentVolumeClaim[];
  /** Only read while no attempt is open. */
  readonly live: readonly LiveMachine[];
  readonly classes: SnapshotClasses;
  readonly services: readonly Service[];
}

/** Reads one EnvironmentSnapshot; undefined when it is gone. `AttemptCache` spares the immutable parts. */
export async function observeCapture(
  world: World,
  client: ClusterClient,
  attempts: AttemptCache,
  key: string,
): Promise<ObservedCapture | undefined> {
  const { namespace, name } = keyFrom(key);
  const snapshot = world.snapshots.get(namespace, name);
  if (!snapshot) return undefined;
  const environment = world.environments.get(namespace, snapshot.spec.environment);
  const { known, unreadable } = await attempts.read(snapshot);
  const last = known.at(-1);
  const begins = !last || last.verdict?.outcome === 'GivenUp';
  return {
    snapshot,
    environment,
    attempts: known,
    unreadable,
    storage: observeStorage(world, snapshot.metadata.uid!),
    labelledClaims: labelledClaims(world, snapshot),
    live:
      begins && environment
        ? await observeLiveMachines(world, client, namespace!, environment.spec.applications)
        : [],
    classes: { snapshot: [...world.snapshotClasses.list()], group: [...world.groupClasses.list()] },
    services: begins
      ? world.services
          .byIndex(indexes.namespace, namespace!)
          .filter((each) => !each.metadata.labels?.[labels.clone])
      : [],
  };
}

/** What the storage holds for the snapshot of this UID. */
export function observeStorage(world: World, snapshotUid: string): CaptureStorage {
  const snapshots = world.volumeSnapshots.byIndex(indexes.snapshot, snapshotUid);
  const groups = world.groupSnapshots.byIndex(indexes.snapshot, snapshotUid);
  const boundTo = <T>(
    cache: { byIndex(index: string, value: string): readonly T[] },
    owners: readonly { metadata: { uid?: string } }[],
  ) =>
    new Map(
      owners.flatMap(({ metadata: { uid } }) =>
        cache.byIndex(indexes.boundTo, uid!).map((content): [string, T] => [uid!, content]),
      ),
    );
  return {
    snapshots: new Map(snapshots.map((each) => [each.metadata.name, each])),
    groupSnapshots: new Map(groups.map((each) => [each.metadata.name, each])),
    contents: boundTo(world.contents, snapshots),
    groupContents: boundTo(world.groupContents, groups),
  };
}

function labelledClaims(world: World, snapshot: EnvironmentSnapshotObject): readonly PersistentVolumeClaim[] {
  const prefix = captureLabelPrefix(snapshot.metadata.uid!);
  return world.claims
    .byIndex(indexes.namespace, snapshot.metadata.namespace!)
    .filter(({ metadata }) => Object.keys(metadata.labels ?? {}).some((key) => key.startsWith(prefix)));
}

/**
 * The attempts of snapshots, read from their ControllerRevisions. They never change, so an accepted attempt is read
 * once; what we write ourselves is put in, and the API server is asked again only after a restart.
 */
export class AttemptCache {
  readonly #client: ClusterClient;
  readonly #known = new Map<string, Promise<KnownAttempts>>();

  constructor(client: ClusterClient) {
    this.#client = client;
  }

  async of(snapshot: EnvironmentSnapshotObject): Promise<readonly Attempt[]> {
    const uid = snapshot.metadata.uid!;
    const reading = this.#known.get(uid) ?? this.#read(snapshot);
    this.#known.set(uid, reading);
    try {
      const known = await reading;
      known.attempts ??= decodeAttempts(known.revisions);
      return known.attempts;
    } catch (error) {
      this.forget(uid);
      throw error;
    }
  }

  /** The same, with the reason in words where they cannot be read. */
  async read(
    snapshot: EnvironmentSnapshotObject,
  ): Promise<{ readonly known: readonly Attempt[]; readonly unreadable?: string }> {
    try {
      return { known: await this.of(snapshot) };
    } catch (error) {
      if (error instanceof UnreadableCapture) return { known: [], unreadable: error.message };
      throw error;
    }
  }

  /** A revision that was written just now. */
  async add(revision: ControllerRevision): Promise<void> {
    const known = await this.#known.get(revision.metadata.labels?.[labels.snapshot] ?? '');
    if (!known || known.revisions.some((each) => each.metadata.name === revision.metadata.name)) return;
    known.revisions.push(revision);
    known.attempts = undefined;
  }

  /** The snapshot is gone, or a write about it failed in a way that leaves its state unknown. */
  forget(uid: string): void {
    this.#known.delete(uid);
  }

  async #read({ metadata: { namespace, uid } }: EnvironmentSnapshotObject): Promise<KnownAttempts> {
    const labelSelector = `${labels.snapshot}=${uid},${labels.part}`;
    const { items } = await this.#client.list(controllerRevisions, { namespace, labelSelector });
    return { revisions: [...items] };
  }
}

interface KnownAttempts {
  readonly revisions: ControllerRevision[];
  attempts?: readonly Attempt[];
}
