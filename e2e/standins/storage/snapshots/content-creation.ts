import { isAlreadyExists } from '../../kube/error.ts';
import { resourcePath, VolumeSnapshotContents, Volumes } from '../../kube/kinds.ts';
import { keyOf, referenceTo } from '../../kube/objects.ts';
import type { SnapshotClass, Volume, VolumeSnapshot, VolumeSnapshotContent } from '../objects.ts';
import { dynamicContentName } from './bound-content.ts';
import { protectClaim } from './claim-protection.ts';
import { quoted, type SnapshotController, updateError } from './controller.ts';

/** Makes the content of a snapshot of a claim. What it throws stands in the snapshot's error. */
export async function createContent(
  controller: SnapshotController,
  snapshot: VolumeSnapshot,
): Promise<VolumeSnapshotContent> {
  await protectClaim(controller, snapshot);
  const { volume, snapshotClass } = await inputOf(controller, snapshot);
  const content = await save(controller, snapshot, contentFor(snapshot, volume, snapshotClass));
  const message = `Waiting for a snapshot ${keyOf(snapshot)} to be created by the CSI driver.`;
  controller.events.recordEvent(snapshot, 'Normal', 'CreatingSnapshot', message);
  return content;
}

async function inputOf(controller: SnapshotController, snapshot: VolumeSnapshot) {
  try {
    const snapshotClass = classOf(controller, snapshot);
    return { snapshotClass, volume: await sourceVolume(controller, snapshot) };
  } catch (error) {
    const cause = quoted((error as Error).message);
    throw new Error(`failed to get input parameters to create snapshot ${snapshot.metadata.name}: ${cause}`);
  }
}

function classOf({ caches }: SnapshotController, { metadata, spec }: VolumeSnapshot): SnapshotClass {
  const name = spec.volumeSnapshotClassName;
  if (name === undefined)
    throw new Error(`failed to take snapshot ${metadata.name} without a snapshot class`);
  const found = caches.snapshotClasses.get(undefined, name);
  if (found) return found;
  throw new Error(`volumesnapshotclass.snapshot.storage.k8s.io "${name}" not found`);
}

/** The volume of the claim that a snapshot is to be made of; throws in the snapshot-controller's words. */
export async function sourceVolume(
  { core, caches }: SnapshotController,
  snapshot: VolumeSnapshot,
): Promise<Volume> {
  const { namespace } = snapshot.metadata;
  const name = snapshot.spec.source.persistentVolumeClaimName!;
  const claim = caches.claims.get(namespace, name);
  if (claim === undefined) {
    const cause = quoted(`persistentvolumeclaim "${name}" not found`);
    throw new Error(`failed to retrieve PVC ${name} from the lister: ${cause}`);
  }
  if (claim.status?.phase !== 'Bound') {
    throw new Error(`the PVC ${name} is not yet bound to a PV, will not attempt to take a snapshot`);
  }
  const volume = await core.get<Volume>(resourcePath(Volumes, undefined, claim.spec.volumeName));
  if (volume.spec.claimRef?.uid !== claim.metadata.uid) {
    throw new Error('claim in dataSource not bound or invalid');
  }
  return volume;
}

function contentFor(snapshot: VolumeSnapshot, volume: Volume, snapshotClass: SnapshotClass) {
  if (volume.spec.csi === undefined) {
    throw new Error(`cannot find CSI PersistentVolumeSource for volume ${volume.metadata.name}`);
  }
  return {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotContent',
    metadata: { name: dynamicContentName(snapshot) },
    spec: {
      deletionPolicy: snapshotClass.deletionPolicy,
      driver: snapshotClass.driver,
      source: { volumeHandle: volume.spec.csi.volumeHandle },
      sourceVolumeMode: volume.spec.volumeMode,
      volumeSnapshotClassName: snapshotClass.metadata.name,
      volumeSnapshotRef: referenceTo(snapshot),
    },
  };
}

async function save(
  { client, caches }: SnapshotController,
  snapshot: VolumeSnapshot,
  content: ReturnType<typeof contentFor>,
): Promise<VolumeSnapshotContent> {
  const path = resourcePath(VolumeSnapshotContents);
  try {
    return caches.contents.observe(await client.create<VolumeSnapshotContent>(path, content));
  } catch (error) {
    if (isAlreadyExists(error)) return client.get(`${path}/${content.metadata.name}`);
    throw updateError(keyOf(snapshot), (error as Error).message);
  }
}
