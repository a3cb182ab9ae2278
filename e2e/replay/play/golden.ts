/** What every recording finds there: namespace `golden` with a claim and a snapshot of each system. */
import { setTimeout as sleep } from 'node:timers/promises';
import { meets } from '../recording/field-path.ts';
import type { Json, Until } from '../recording/recording.ts';
import type { Cluster } from './cluster.ts';
import { goldenSystems, type Hooks } from './hooks.ts';

const namespace = 'golden';
const claims = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
const snapshots = `/apis/snapshot.storage.k8s.io/v1/namespaces/${namespace}/volumesnapshots`;
const atMostMs = 60_000;

export async function makeGolden(cluster: Cluster, hooks: Hooks): Promise<void> {
  await post(cluster, '/api/v1/namespaces', { metadata: { name: namespace } });
  await Promise.all(
    goldenSystems.map(async (name) => {
      await post(cluster, claims, { metadata: { name }, spec: claimSpec });
      await until(cluster, `${claims}/${name}`, { 'status.phase': 'Bound' });
      await hooks.install(namespace, name, name);
      const source = { persistentVolumeClaimName: name };
      await post(cluster, snapshots, snapshotOf(name, source));
      await until(cluster, `${snapshots}/${name}`, { 'status.readyToUse': true });
    }),
  );
}

const claimSpec = {
  storageClassName: 'immediate',
  volumeMode: 'Filesystem',
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '256Mi' } },
};

function snapshotOf(name: string, source: { persistentVolumeClaimName: string }) {
  return {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshot',
    metadata: { name },
    spec: { volumeSnapshotClassName: 'hostpath-snap', source },
  };
}

async function post(cluster: Cluster, path: string, body: Json): Promise<void> {
  const { code, response } = await cluster.send({ method: 'POST', path, body });
  if (code !== 201) throw new Error(`POST ${path} was answered ${code}: ${JSON.stringify(response)}`);
}

async function until(cluster: Cluster, path: string, wanted: Until): Promise<void> {
  const deadline = Date.now() + atMostMs;
  for (;;) {
    const object = await cluster.get(path);
    if (meets(object, wanted)) return;
    if (Date.now() > deadline)
      throw new Error(`${path} did not become ${JSON.stringify(wanted)}: ${JSON.stringify(object)}`);
    await sleep(50);
  }
}
