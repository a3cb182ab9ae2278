import { unlessNotFound } from '../../kube/error.ts';
import { resourcePath, Volumes } from '../../kube/kinds.ts';
import { annotation, hasFinalizer, keyOf } from '../../kube/objects.ts';
import type { CsiDriver } from '../driver.ts';
import { provisionedBy, volumeFinalizer } from '../names.ts';
import type { Volume } from '../objects.ts';
import { withoutFinalizers } from '../patches.ts';
import type { Provisioner } from './provisioner.ts';

/** Deletes a released volume, then its object, whose finalizer it takes away last. */
export async function deleteReleased(
  { client, caches, driver, events }: Provisioner,
  key: string,
): Promise<void> {
  const volume = caches.volumes.get(undefined, key);
  if (volume === undefined || !isOurs(volume, driver)) return;
  if (volume.status?.phase !== 'Released' || volume.spec.persistentVolumeReclaimPolicy !== 'Delete') return;
  if (!hasFinalizer(volume, volumeFinalizer)) return;
  try {
    driver.deleteVolume(volume.spec.csi!.volumeHandle);
  } catch (error) {
    events.recordEvent(volume, 'Warning', 'VolumeFailedDelete', (error as Error).message);
    throw error;
  }
  const path = resourcePath(Volumes, undefined, keyOf(volume));
  const remaining = (await unlessNotFound(client.delete(path))) as Volume | undefined;
  if (remaining?.metadata?.finalizers) {
    const patch = withoutFinalizers(remaining, [volumeFinalizer]);
    const patched = await unlessNotFound(client.mergePatch<Volume>(path, patch));
    if (patched) caches.volumes.observe(patched);
  }
}

function isOurs(volume: Volume, driver: CsiDriver): boolean {
  return annotation(volume, provisionedBy) === driver.name && volume.spec.csi?.driver === driver.name;
}
