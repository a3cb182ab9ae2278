import type { KubeClient } from '../../kube/client.ts';
import type { EventRecorder } from '../../kube/events.ts';
import type { Pace } from '../../pace.ts';
import type { StorageCaches } from '../caches.ts';

/** What the snapshot-controller works with. */
export interface SnapshotController {
  /** For the snapshot API groups; it and `core` have a client limit each, as in the real one. */
  readonly client: KubeClient;
  /** For claims and volumes. */
  readonly core: KubeClient;
  readonly events: EventRecorder;
  readonly caches: StorageCaches;
  readonly pace: Pace;
}

/** A failed update, in the snapshot-controller's words. */
export function updateError(name: string, message: string): Error {
  return new Error(`snapshot controller failed to update ${name} on API server: ${message}`);
}

/** Go's %q. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
