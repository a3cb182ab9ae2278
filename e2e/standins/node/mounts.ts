import type { KubeClient } from '../kube/client.ts';
import { isNotFound } from '../kube/error.ts';
import { ConfigMaps, resourcePath, Secrets } from '../kube/kinds.ts';
import type { StorageCaches } from '../storage/caches.ts';
import type { Pod } from './objects.ts';

/** Why the kubelet cannot mount a pod's claims, in its words; `undefined` when it can. */
export function unmountable(pod: Pod, { claims }: StorageCaches): string | undefined {
  const { namespace } = pod.metadata;
  for (const { name, persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue;
    const { claimName } = persistentVolumeClaim;
    const claim = claims.get(namespace, claimName);
    if (claim?.status?.phase === 'Bound') continue;
    const problem =
      claim === undefined
        ? `failed to fetch PVC from API server: persistentvolumeclaim "${claimName}" not found`
        : 'PVC is not bound';
    return (
      `Unable to attach or mount volumes: unmounted volumes=[${name}], unattached volumes=[], ` +
      `failed to process volumes=[${name}]: error processing PVC ${namespace}/${claimName}: ${problem}`
    );
  }
  return undefined;
}

/** The same of its secrets and config maps. */
export async function unfilled(client: KubeClient, { metadata, spec }: Pod): Promise<string | undefined> {
  for (const { name, secret, configMap } of spec.volumes ?? []) {
    const sources = [
      { kind: Secrets, word: 'secret', source: secret, object: secret?.secretName },
      { kind: ConfigMaps, word: 'configmap', source: configMap, object: configMap?.name },
    ];
    for (const { kind, word, source, object } of sources) {
      if (object === undefined || source?.optional) continue;
      if (await exists(client, resourcePath(kind, metadata.namespace, object))) continue;
      return `MountVolume.SetUp failed for volume "${name}" : ${word} "${object}" not found`;
    }
  }
  return undefined;
}

async function exists(client: KubeClient, path: string): Promise<boolean> {
  try {
    await client.get(path);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
