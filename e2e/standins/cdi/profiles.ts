import type { KubeClient } from '../kube/client.ts';
import { ensure } from '../kube/identity.ts';
import { CdiConfigs, resourcePath, StorageProfiles } from '../kube/kinds.ts';
import { annotation } from '../kube/objects.ts';
import type { StorageCaches } from '../storage/caches.ts';
import { defaultSnapshotClass } from '../storage/names.ts';
import type { StorageClass } from '../storage/objects.ts';
import { FILESYSTEM_OVERHEAD } from './sizes.ts';

/** Keeps a StorageProfile for a StorageClass: file system first, and its clone strategy by when it binds. */
export async function reconcileProfile(
  client: KubeClient,
  caches: StorageCaches,
  name: string,
): Promise<void> {
  const storageClass = caches.classes.get(undefined, name);
  if (storageClass === undefined) return;
  const profile = {
    apiVersion: 'cdi.kubevirt.io/v1beta1',
    kind: 'StorageProfile',
    metadata: { name },
    spec: {},
  };
  await ensure(client, StorageProfiles, profile);
  const path = resourcePath(StorageProfiles, undefined, name);
  await client.statusPatch(path, { status: profileStatus(storageClass, caches) });
}

function profileStatus({ metadata, provisioner, volumeBindingMode }: StorageClass, caches: StorageCaches) {
  const snapshotClass = caches.snapshotClasses
    .list()
    .find((each) => each.driver === provisioner && annotation(each, defaultSnapshotClass) === 'true');
  return {
    claimPropertySets: [
      { accessModes: ['ReadWriteOnce'], volumeMode: 'Filesystem' },
      { accessModes: ['ReadWriteOnce'], volumeMode: 'Block' },
    ],
    cloneStrategy: volumeBindingMode === 'WaitForFirstConsumer' ? 'csi-clone' : 'snapshot',
    provisioner,
    snapshotClass: snapshotClass?.metadata.name,
    storageClass: metadata.name,
  };
}

/** Makes CDI's own configuration as far as others read it. */
export async function makeConfig(client: KubeClient): Promise<void> {
  const config = { apiVersion: 'cdi.kubevirt.io/v1beta1', kind: 'CDIConfig', metadata: { name: 'config' } };
  const spec = { featureGates: ['HonorWaitForFirstConsumer'] };
  const status = { filesystemOverhead: { global: String(FILESYSTEM_OVERHEAD) } };
  await ensure(client, CdiConfigs, { ...config, spec, status } as typeof config);
}
