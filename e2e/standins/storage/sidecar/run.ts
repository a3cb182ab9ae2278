import { runController, source } from '../../kube/controller.ts';
import { reconcileContent } from './content.ts';
import { reconcileGroupContent } from './group-content.ts';
import type { Sidecar } from './sidecar.ts';

/** Runs a driver's csi-snapshotter until aborted. */
export async function runSidecar(
  sidecar: Sidecar,
  backOff: { readonly first: number; readonly longest: number },
): Promise<void> {
  const { driver, signal } = sidecar;
  const { contents, groupContents } = sidecar.caches;
  const common = { concurrency: 10, backOff, signal };
  await Promise.all([
    runController({
      ...common,
      name: `csi-snapshotter ${driver.name}`,
      sources: [source(contents)],
      reconcile: (key) => reconcileContent(sidecar, key),
    }),
    runController({
      ...common,
      name: `csi-snapshotter ${driver.name} groups`,
      sources: [source(groupContents)],
      reconcile: (key) => reconcileGroupContent(sidecar, key),
    }),
  ]);
}
