import type { StandInContext } from '../context.ts';
import { Cache } from '../kube/cache.ts';
import type { KubeClient } from '../kube/client.ts';
import { runController, source } from '../kube/controller.ts';
import { EventRecorder } from '../kube/events.ts';
import { clientOf } from '../kube/identity.ts';
import { DataVolumes, StorageProfiles, VolumeCloneSources } from '../kube/kinds.ts';
import { joinKey, keyOf } from '../kube/objects.ts';
import type { Pod } from '../node/objects.ts';
import type { PodCaches } from '../node/pods.ts';
import type { StorageCaches } from '../storage/caches.ts';
import type { CsiDriver } from '../storage/driver.ts';
import type { Claim, VolumeSnapshot } from '../storage/objects.ts';
import { serveAdmission } from './admission/serve.ts';
import type { Cdi, CdiCaches } from './cdi.ts';
import { ClaimEvents } from './claim-events.ts';
import { reconcileClone } from './clone/populator.ts';
import { Telling } from './clone/telling.ts';
import { cloneOwner } from './clone/temporary-claim.ts';
import { runCopies } from './copy/run.ts';
import { reconcileDataVolume } from './datavolume/reconcile.ts';
import { cdiIdentity } from './identity.ts';
import { importTargetOf, reconcileImport } from './import/populator.ts';
import { eventSource, ownedByDataVolume, ownedByUid } from './names.ts';
import { type CloneSource, cloneOrigin, type DataVolume, type StorageProfile } from './objects.ts';
import { makeConfig, reconcileProfile } from './profiles.ts';
import { endShortPods } from './short-pods.ts';

/** Starts the stand-in for CDI; resolves when its webhooks are in force. It goes on until aborted. */
export async function startCdi(
  context: StandInContext,
  storage: StorageCaches,
  pods: PodCaches,
  disks: CsiDriver,
): Promise<{ readonly ended: Promise<void> }> {
  const { pace, signal } = context;
  const client = await clientOf(context.adminKubeconfig, cdiIdentity);
  const caches = await startCaches(client, storage, pods, signal);
  const events = new EventRecorder(client, 'cdi-controller');
  const cdi: Cdi = { client, events, caches, disks, telling: new Telling(), pace, signal };
  await makeConfig(client);
  const server = await serveAdmission(context, cdi);
  const ended = Promise.all([
    runVolumes(cdi),
    runClones(cdi),
    runImports(cdi),
    runProfiles(cdi),
    runCopies(cdi, context.podReadiness, common(cdi)),
    endShortPods(cdi, context.podReadiness),
  ]).then(() => server.close());
  return { ended };
}

async function startCaches(
  client: KubeClient,
  storage: StorageCaches,
  pods: PodCaches,
  signal: AbortSignal,
): Promise<CdiCaches> {
  const own = {
    dataVolumes: new Cache<DataVolume>(client, DataVolumes),
    cloneSources: new Cache<CloneSource>(client, VolumeCloneSources),
    profiles: new Cache<StorageProfile>(client, StorageProfiles),
    claimEvents: new ClaimEvents(client),
  };
  await Promise.all(Object.values(own).map((cache) => cache.start(signal)));
  return { ...storage, ...own, pods };
}

function common({ pace, signal }: Cdi) {
  const longest = pace.milliseconds('cdi tries again at most');
  // The real one has 3 for each of its many controllers, which are fewer here.
  return { concurrency: 10, backOff: { first: 5, longest }, signal };
}

function runVolumes(cdi: Cdi): Promise<void> {
  const { dataVolumes, claims, snapshots, pods, profiles, classes } = cdi.caches;
  const ofSource = (kind: string) => (object: Claim | VolumeSnapshot) => clonesOf(cdi, kind, keyOf(object));
  const all = () => dataVolumes.list().map(keyOf);
  return runController({
    ...common(cdi),
    name: 'cdi datavolumes',
    sources: [
      source(dataVolumes),
      source(claims),
      source(claims, ofSource('pvc')),
      source(snapshots, ofSource('snapshot')),
      source(pods.cache, dataVolumeOf),
      source(profiles, all),
      source(classes, all),
    ],
    reconcile: (key) => reconcileDataVolume(cdi, key),
  });
}

/** The DataVolume that a pod measures a source for. */
function dataVolumeOf({ metadata }: Pod): string[] {
  const { namespace, ownerReferences = [], annotations = {} } = metadata;
  const near = ownerReferences
    .filter(({ kind }) => kind === 'DataVolume')
    .map(({ name }) => joinKey(namespace, name));
  const far = annotations[ownedByDataVolume];
  return far ? [...near, far] : near;
}

/** The DataVolumes that wait for a source: those that have a claim follow the claim. */
function clonesOf(cdi: Cdi, kind: string, key: string): string[] {
  return cdi.caches.dataVolumes
    .list()
    .filter((volume) => {
      const origin = cloneOrigin(volume);
      return (
        origin?.kind === kind && joinKey(origin.namespace, origin.name) === key && !volume.status?.claimName
      );
    })
    .map(keyOf);
}

function runClones(cdi: Cdi): Promise<void> {
  const { claims, cloneSources, snapshots, pods } = cdi.caches;
  return runController({
    ...common(cdi),
    name: 'cdi clone populator',
    sources: [
      source(claims),
      source(claims, (claim) => [cloneOwner(claim)].filter((key) => key !== undefined)),
      source(cloneSources, (clone) => targetsOf(cdi, clone)),
      source(snapshots, (snapshot) => targetsOfSnapshot(cdi, snapshot)),
      source(pods.cache, (pod) => targetsByUid(cdi, pod.metadata.labels?.[ownedByUid])),
    ],
    reconcile: (key) => reconcileClone(cdi, key),
  });
}

function targetsOf({ caches }: Cdi, { metadata }: CloneSource): string[] {
  return caches.claims
    .list()
    .filter(({ spec }) => spec.dataSourceRef?.kind === 'VolumeCloneSource' && !spec.volumeName)
    .filter(({ spec }) => spec.dataSourceRef?.name === metadata.name)
    .map(keyOf);
}

function targetsOfSnapshot(cdi: Cdi, snapshot: VolumeSnapshot): string[] {
  const { namespace, name, labels } = snapshot.metadata;
  const cloned = cdi.caches.cloneSources
    .list(namespace)
    .filter(({ spec }) => spec.source.kind === 'VolumeSnapshot' && spec.source.name === name);
  return [...cloned.flatMap((clone) => targetsOf(cdi, clone)), ...targetsByUid(cdi, labels?.[ownedByUid])];
}

function targetsByUid({ caches }: Cdi, uid: string | undefined): string[] {
  if (uid === undefined) return [];
  return caches.claims
    .list()
    .filter(({ metadata }) => metadata.uid === uid)
    .map(keyOf);
}

function runImports(cdi: Cdi): Promise<void> {
  const { claims, pods } = cdi.caches;
  return runController({
    ...common(cdi),
    name: 'cdi import populator',
    sources: [
      source(claims),
      source(claims, primeTarget),
      source(pods.cache, (pod) => importTargetOf(cdi, pod)),
    ],
    reconcile: (key) => reconcileImport(cdi, key),
  });
}

function primeTarget({ metadata }: Claim): string[] {
  const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'PersistentVolumeClaim');
  return owner && !metadata.annotations?.[eventSource] ? [joinKey(metadata.namespace, owner.name)] : [];
}

function runProfiles({ client, caches, signal }: Cdi): Promise<void> {
  return runController({
    name: 'cdi storage profiles',
    sources: [source(caches.classes)],
    reconcile: (name) => reconcileProfile(client, caches, name),
    signal,
  });
}
