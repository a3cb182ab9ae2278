import type { Cache } from '../kube/cache.ts';
import type { KubeClient } from '../kube/client.ts';
import type { EventRecorder } from '../kube/events.ts';
import type { PodCaches } from '../node/pods.ts';
import type { Pace } from '../pace.ts';
import type { StorageCaches } from '../storage/caches.ts';
import type { CsiDriver } from '../storage/driver.ts';
import type { ClaimEvents } from './claim-events.ts';
import type { Telling } from './clone/telling.ts';
import type { CloneSource, DataVolume, StorageProfile } from './objects.ts';

/** What CDI's controllers work with. */
export interface Cdi {
  readonly client: KubeClient;
  readonly events: EventRecorder;
  readonly caches: CdiCaches;
  /** Where bytes lie: a host-assisted clone copies them itself. */
  readonly disks: CsiDriver;
  readonly telling: Telling;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

export interface CdiCaches extends StorageCaches {
  readonly dataVolumes: Cache<DataVolume>;
  readonly cloneSources: Cache<CloneSource>;
  readonly profiles: Cache<StorageProfile>;
  readonly claimEvents: ClaimEvents;
  readonly pods: PodCaches;
}
