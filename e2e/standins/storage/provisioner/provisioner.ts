import type { Faults } from '../../faults.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { EventRecorder } from '../../kube/events.ts';
import type { Pace } from '../../pace.ts';
import type { StorageCaches } from '../caches.ts';
import type { CsiDriver } from '../driver.ts';

/** What the external provisioner of one CSI driver works with. */
export interface Provisioner {
  readonly driver: CsiDriver;
  readonly client: KubeClient;
  /** For the snapshot API group: it has a client limit of its own. */
  readonly snapshotClient: KubeClient;
  readonly events: EventRecorder;
  readonly caches: StorageCaches;
  readonly faults: Faults;
  readonly pace: Pace;
  /** The node whose storage it is. */
  readonly node: string;
  /** The uids of claims with a data source of a foreign kind. */
  readonly leftToOthers: Set<string>;
  readonly backOff: { readonly first: number; readonly longest: number };
  readonly signal: AbortSignal;
}
