import { setTimeout as sleep } from 'node:timers/promises';
import { runController, source } from '../../kube/controller.ts';
import { resourcePath, Volumes } from '../../kube/kinds.ts';
import { annotation, isDeleting, keyOf, splitKey } from '../../kube/objects.ts';
import { DriverError } from '../driver.ts';
import { betaStorageProvisioner, selectedNode, storageProvisioner } from '../names.ts';
import type { Claim, StorageClass, Volume } from '../objects.ts';
import { deleteReleased } from './deletion.ts';
import { guardVolume, protectClone, protectSnapshot, releaseCloned, releaseSnapshot } from './protection.ts';
import type { Provisioner } from './provisioner.ts';
import { type ClaimSource, requestedSize, sourceOf } from './source.ts';
import { volumeFor, volumeNameOf } from './volume.ts';

/** Makes and deletes the volumes of a driver's claims, as external-provisioner does. Ends when aborted. */
export async function runProvisioner(provisioner: Provisioner): Promise<void> {
  const { caches, driver, backOff, signal } = provisioner;
  await Promise.all([
    runController({
      name: `csi-provisioner ${driver.name}`,
      sources: [source(caches.claims)],
      reconcile: (key) => provision(provisioner, key),
      concurrency: 100,
      backOff,
      signal,
    }),
    runController({
      name: `csi-provisioner ${driver.name} cloning`,
      sources: [source(caches.claims)],
      reconcile: (key) => releaseCloned(provisioner, key),
      backOff,
      signal,
    }),
    runController({
      name: `csi-provisioner ${driver.name} deletion`,
      sources: [source(caches.volumes)],
      reconcile: async (key) => {
        await guardVolume(provisioner, key);
        await deleteReleased(provisioner, key);
      },
      concurrency: 10,
      backOff,
      signal,
    }),
  ]);
}

async function provision(provisioner: Provisioner, key: string): Promise<void> {
  const { namespace, name } = splitKey(key);
  const claim = provisioner.caches.claims.get(namespace, name);
  if (claim === undefined || !isForUs(provisioner, claim)) return;
  const storageClass = provisioner.caches.classes.get(undefined, claim.spec.storageClassName!);
  if (storageClass === undefined) {
    throw new Error(`storageclass.storage.k8s.io "${claim.spec.storageClassName}" not found`);
  }
  if (storageClass.volumeBindingMode === 'WaitForFirstConsumer' && !annotation(claim, selectedNode)) return;
  await provisionFrom(provisioner, claim, storageClass);
}

function isForUs({ caches, driver }: Provisioner, claim: Claim): boolean {
  const name = annotation(claim, storageProvisioner) ?? annotation(claim, betaStorageProvisioner);
  if (name !== driver.name || claim.spec.volumeName || isDeleting(claim)) return false;
  return caches.volumes.get(undefined, volumeNameOf(claim)) === undefined;
}

async function provisionFrom(
  provisioner: Provisioner,
  claim: Claim,
  storageClass: StorageClass,
): Promise<void> {
  const { caches, events, leftToOthers } = provisioner;
  // Claims that others populate change often: their Events are told once, not counted up by each change.
  if (leftToOthers.has(claim.metadata.uid)) return;
  const message = `External provisioner is provisioning volume for claim "${keyOf(claim)}"`;
  events.recordEvent(claim, 'Normal', 'Provisioning', message);
  try {
    const origin = sourceOf(claim, storageClass, caches);
    if (origin.kind !== 'foreign') return await makeVolume(provisioner, claim, storageClass, origin);
  } catch (error) {
    events.recordEvent(claim, 'Warning', 'ProvisioningFailed', (error as Error).message);
    throw error;
  }
  leftToOthers.add(claim.metadata.uid);
  const assumed = 'Assuming an external populator will provision the volume';
  events.recordEvent(claim, 'Normal', 'Provisioning', assumed);
}

async function makeVolume(
  provisioner: Provisioner,
  claim: Claim,
  storageClass: StorageClass,
  origin: Exclude<ClaimSource, { kind: 'foreign' }>,
): Promise<void> {
  if (claim.spec.selector) throw new Error('claim Selector is not supported');
  const { driver, node } = provisioner;
  const size = requestedSize(claim);
  if (origin.kind === 'snapshot') await protectSnapshot(provisioner, origin.snapshot);
  if (origin.kind === 'claim') await protectClone(provisioner, origin.source);
  await driverAnswers(provisioner, claim);
  const volumeHandle = await driver.createVolume(size, origin.kind === 'empty' ? undefined : origin.content);
  if (origin.kind === 'snapshot') await releaseSnapshot(provisioner, origin.snapshot);
  await saveVolume(provisioner, claim, volumeFor(claim, storageClass, { volumeHandle, size, node }));
}

async function driverAnswers({ faults, pace, signal }: Provisioner, claim: Claim): Promise<void> {
  const subject = { namespace: claim.metadata.namespace, name: claim.metadata.name };
  await pace.wait('csi driver makes a volume', signal);
  const slow = faults.take('provision-slow', subject);
  if (slow) await sleep(slow.milliseconds ?? 1000, undefined, { signal });
  const failure = faults.take('provision-fails', subject);
  if (failure) throw new DriverError('Internal', failure.message ?? 'the driver was told to fail');
}

async function saveVolume(
  { client, caches, events }: Provisioner,
  claim: Claim,
  volume: ReturnType<typeof volumeFor>,
): Promise<void> {
  caches.volumes.observe(await client.create<Volume>(resourcePath(Volumes), volume));
  const message = `Successfully provisioned volume ${volume.metadata.name}`;
  events.recordEvent(claim, 'Normal', 'ProvisioningSucceeded', message);
}
