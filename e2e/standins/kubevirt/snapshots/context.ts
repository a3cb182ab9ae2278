import type { KubeClient } from '../../kube/client.ts';
import type { EventRecorder } from '../../kube/events.ts';
import type { Caches, World } from '../world.ts';

/** What a controller of the snapshot kinds works with. */
export interface SnapshotContext {
  readonly world: World;
  readonly client: KubeClient;
  readonly caches: Caches;
  /** Each of the controllers reports under a name of its own. */
  readonly events: EventRecorder;
}
