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
