import type { KubeClient } from '../kube/client.ts';
import { runController, source } from '../kube/controller.ts';
import type { EventRecorder } from '../kube/events.ts';
import { Claims, resourcePath, Volumes } from '../kube/kinds.ts';
import { splitKey } from '../kube/objects.ts';
import type { StorageCaches } from './caches.ts';
import type { CsiDriver } from './driver.ts';
import type { Claim, Volume } from './objects.ts';
import { annotate } from './patches.ts';
import { parseQuantity } from './quantity.ts';
import { timestamp } from './time.ts';

/** What the external resizer of one CSI driver works with. */
export interface Resizer {
  readonly driver: CsiDriver;
  readonly client: KubeClient;
  readonly events: EventRecorder;
  readonly caches: StorageCaches;
  readonly signal: AbortSignal;
}

const oldSize = 'volume.alpha.kubernetes.io/pre-resize-capacity';

/** Grows the volumes of claims that ask for more; the file system on it grows when a pod mounts it next. */
export async function runResizer(resizer: Resizer): Promise<void> {
  await runController({
    name: `csi-resizer ${resizer.driver.name}`,
    sources: [source(resizer.caches.claims)],
    reconcile: (key) => resize(resizer, key),
    concurrency: 10,
    signal: resizer.signal,
  });
}

async function resize(resizer: Resizer, key: string): Promise<void> {
  const { namespace, name } = splitKey(key);
  const claim = resizer.caches.claims.get(namespace, name);
  if (claim === undefined || !asksForMore(claim) || claim.status?.allocatedResourceStatuses) return;
  const volume = resizer.caches.volumes.get(undefined, claim.spec.volumeName!);
  if (volume?.spec.csi?.driver !== resizer.driver.name) return;
  const storage = claim.spec.resources!.requests!.storage!;
  await begin(resizer, claim, volume, storage);
  resizer.driver.expandVolume(volume.spec.csi.volumeHandle, parseQuantity(storage));
  await growVolume(resizer, volume, storage);
  await leaveToNode(resizer, claim);
}

function asksForMore({ spec, status }: Claim): boolean {
  const capacity = status?.capacity?.storage;
  if (status?.phase !== 'Bound' || capacity === undefined) return false;
  return parseQuantity(spec.resources?.requests?.storage ?? '0') > parseQuantity(capacity);
}

async function begin(resizer: Resizer, claim: Claim, volume: Volume, storage: string): Promise<void> {
  const message = `External resizer is resizing volume ${volume.metadata.name}`;
  await patchStatus(resizer, claim, {
    conditions: [resizing()],
    allocatedResources: { storage },
    allocatedResourceStatuses: { storage: 'ControllerResizeInProgress' },
  });
  resizer.events.recordEvent(claim, 'Normal', 'Resizing', message);
}

async function growVolume({ client, caches }: Resizer, volume: Volume, storage: string): Promise<void> {
  const annotations = { [oldSize]: volume.spec.capacity.storage };
  const path = resourcePath(Volumes, undefined, volume.metadata.name);
  const patch = { metadata: { annotations }, spec: { capacity: { storage } } };
  caches.volumes.observe(await client.mergePatch<Volume>(path, patch));
}

async function leaveToNode(resizer: Resizer, claim: Claim): Promise<void> {
  const pending = {
    type: 'FileSystemResizePending',
    status: 'True',
    lastTransitionTime: timestamp(),
    message: 'Waiting for user to (re-)start a pod to finish file system resize of volume on node.',
  };
  await patchStatus(resizer, claim, {
    conditions: [resizing(), pending],
    allocatedResourceStatuses: { storage: 'NodeResizePending' },
  });
  const message = 'Require file system resize of volume on node';
  resizer.events.recordEvent(claim, 'Normal', 'FileSystemResizeRequired', message);
}

function resizing() {
  return { type: 'Resizing', status: 'True', lastTransitionTime: timestamp() };
}

/** Whether a claim's volume is about to grow, but not by the node yet. */
export function isGrowing(claim: Claim): boolean {
  return asksForMore(claim) && claim.status?.allocatedResourceStatuses?.storage !== 'NodeResizePending';
}

/** The kubelet's part: what waits to grow on the node has grown. Answers whether there was something to do. */
export async function finishOnNode(
  { client, caches }: Pick<Resizer, 'client' | 'caches'>,
  claim: Claim,
): Promise<boolean> {
  if (claim.status?.allocatedResourceStatuses?.storage !== 'NodeResizePending') return false;
  const { storage } = claim.spec.resources!.requests!;
  const inProgress = { allocatedResourceStatuses: { storage: 'NodeResizeInProgress' } };
  const done = { capacity: { storage }, conditions: null, allocatedResourceStatuses: null };
  await patchStatus({ client, caches }, claim, inProgress);
  await forgetOldSize({ client, caches }, claim);
  await patchStatus({ client, caches }, claim, done);
  return true;
}

/** While it is there, the volume controller takes the size of the volume's claim from this annotation. */
async function forgetOldSize(
  { client, caches }: Pick<Resizer, 'client' | 'caches'>,
  { spec }: Claim,
): Promise<void> {
  const path = resourcePath(Volumes, undefined, spec.volumeName);
  caches.volumes.observe(await client.mergePatch<Volume>(path, annotate(oldSize, null)));
}

async function patchStatus(
  { client, caches }: Pick<Resizer, 'client' | 'caches'>,
  { metadata }: Claim,
  status: object,
): Promise<void> {
  const path = resourcePath(Claims, metadata.namespace, metadata.name);
  caches.claims.observe(await client.statusPatch<Claim>(path, { status }));
}
