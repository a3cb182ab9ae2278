import type { PodReadiness } from '../context.ts';
import { runController, source } from '../kube/controller.ts';
import { splitKey } from '../kube/objects.ts';
import type { Pod } from '../node/objects.ts';
import type { PodCaches } from '../node/pods.ts';
import type { Pace } from '../pace.ts';
import { prepLabel } from './clone/prep-claim.ts';
import { importerLabel } from './import/manifests.ts';

const label = 'cdi.kubevirt.io';
const short = [prepLabel[label], importerLabel[label]];

/** Lets the processes in CDI's own pods end soon after they have started. Ends when aborted. */
export async function endShortPods(
  pods: PodCaches,
  readiness: PodReadiness,
  pace: Pace,
  signal: AbortSignal,
): Promise<void> {
  await runController({
    name: 'cdi pods',
    sources: [
      source(pods.cache, (pod) => (runs(pod) ? [`${pod.metadata.namespace}/${pod.metadata.name}`] : [])),
    ],
    reconcile: async (key) => {
      const { namespace, name } = splitKey(key);
      if (!pods.cache.get(namespace, name)) return;
      await pace.wait('a short pod ends', signal);
      readiness.exit(namespace!, name, 0);
    },
    concurrency: 20,
    signal,
  });
}

function runs({ metadata, status }: Pod): boolean {
  return status?.phase === 'Running' && short.includes(metadata.labels?.[label] ?? '');
}
