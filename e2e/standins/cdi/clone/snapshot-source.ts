import { resourcePath, VolumeSnapshots } from '../../kube/kinds.ts';
import type { VolumeSnapshot } from '../../storage/objects.ts';
import { commonLabels, ownedByUid } from '../names.ts';
import type { Clone, Phase, PhaseResult } from './plan.ts';
import { sourceIsFree } from './source-in-use.ts';
import { snapshotClassOf } from './strategy.ts';

/** A snapshot of the source claim is taken, once nobody uses it. */
export function snapshotSource(clone: Clone, snapshotName: string): Phase {
  return { name: 'Snapshot', step: () => step(clone, snapshotName) };
}

async function step(clone: Clone, snapshotName: string): Promise<PhaseResult> {
  const { cdi, namespace } = clone;
  const existing = cdi.caches.snapshots.get(namespace, snapshotName);
  if (existing) return existing.status?.creationTime ? 'done' : 'wait';
  if (!sourceIsFree(clone)) return { after: cdi.pace.milliseconds('cdi looks at a used source again') };
  const snapshot = manifest(clone, snapshotName);
  const path = resourcePath(VolumeSnapshots, namespace);
  cdi.caches.snapshots.observe(await cdi.client.create<VolumeSnapshot>(path, snapshot));
  return 'wait';
}

function manifest({ cdi, target, namespace, sourceName }: Clone, name: string) {
  const storageClass = cdi.caches.classes.get(undefined, target.spec.storageClassName ?? '');
  return {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshot',
    metadata: { namespace, name, labels: { app: commonLabels.app, [ownedByUid]: target.metadata.uid } },
    spec: {
      source: { persistentVolumeClaimName: sourceName },
      volumeSnapshotClassName: snapshotClassOf(cdi, storageClass?.provisioner ?? ''),
    },
  };
}
