import type { ClusterClient, Kind, KubeObject } from '../cluster/index.ts';
import type { Condition } from '../schema/kubernetes.ts';
import { changedConditions } from '../status/conditions.ts';

interface WithConditions {
  readonly phase?: string;
  readonly conditions?: readonly Condition[];
}

/** Mere progress is written at most this often, so that a clone of 1,000 VMs does not write a status per VM. */
const coalesceMs = 5_000;

/** Writes statuses: a turn of phase or condition at once, counters at most every five seconds. */
export class StatusWriter {
  readonly #client: ClusterClient;
  readonly #now: () => number;
  readonly #onWritten: (kind: Kind, object: KubeObject) => void;
  readonly #written = new Map<string, number>();

  constructor(client: ClusterClient, now: () => number, onWritten: (kind: Kind, object: KubeObject) => void) {
    this.#client = client;
    this.#now = now;
    this.#onWritten = onWritten;
  }

  /** Returns in how many milliseconds the status is due, where it was held back. */
  async write<T extends KubeObject & { status?: WithConditions }>(
    kind: Kind<T>,
    current: T,
    status: WithConditions,
  ): Promise<number | undefined> {
    const uid = current.metadata.uid!;
    const due = (this.#written.get(uid) ?? 0) + coalesceMs - this.#now();
    const turned =
      status.phase !== current.status?.phase ||
      changedConditions(status.conditions ?? [], current.status?.conditions).length > 0;
    if (due > 0 && !turned) return due;
    const updated = await this.#client.patchStatus(kind, current, status);
    if (updated.metadata.resourceVersion !== current.metadata.resourceVersion)
      this.#written.set(uid, this.#now());
    this.#onWritten(kind as Kind, updated);
    return undefined;
  }

  /** The object is gone. */
  forget(uid: string): void {
    this.#written.delete(uid);
  }
}
