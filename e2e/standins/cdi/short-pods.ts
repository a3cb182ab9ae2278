import type { PodReadiness } from '../context.ts';
import { runController, source } from '../kube/controller.ts';
import { splitKey } from '../kube/objects.ts';
import { claimNames, type Pod } from '../node/objects.ts';
import type { Cdi } from './cdi.ts';
import { prepLabel } from './clone/prep-claim.ts';
import { saidOfSize } from './datavolume/size-detection.ts';
import { importerLabel, importerWords } from './import/manifests.ts';

const label = 'cdi.kubevirt.io';
const short = [prepLabel[label], importerLabel[label]];

/** Lets the processes in CDI's own pods end soon after they have started. Ends when aborted. */
export async function endShortPods(
  { caches, pace, signal }: Pick<Cdi, 'caches' | 'pace' | 'signal'>,
  readiness: PodReadiness,
): Promise<void> {
  const { pods, claims } = caches;
  await runController({
    name: 'cdi pods',
    sources: [
      source(pods.cache, (pod) => (runs(pod) ? [`${pod.metadata.namespace}/${pod.metadata.name}`] : [])),
    ],
    reconcile: async (key) => {
      const { namespace, name } = splitKey(key);
      const pod = pods.cache.get(namespace, name);
      if (!pod) return;
      await pace.wait(isImporter(pod) ? 'an importer ends' : 'a short pod ends', signal);
      const used = claimNames(pod).map((claim) => claims.get(namespace, claim));
      readiness.exit(
        namespace!,
        name,
        0,
        saidOfSize(pod, used) ?? (isImporter(pod) ? importerWords : undefined),
      );
    },
    concurrency: 20,
    signal,
  });
}

function isImporter({ metadata }: Pod): boolean {
  return metadata.labels?.[label] === importerLabel[label];
}

function runs({ metadata, status }: Pod): boolean {
  return status?.phase === 'Running' && short.includes(metadata.labels?.[label] ?? '');
}
