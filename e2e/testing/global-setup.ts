import { copyFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { installCrds } from '../control-plane/install-crds.ts';
import { startEverything } from './everything.ts';
import type { LabAddress } from './lab.ts';
import { startLabServer } from './lab-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of a cluster admin's kubeconfig; every test that needs a cluster shares this one. */
    kubeconfig: string;
    /** How to make this cluster fail; null where it is not ours. */
    lab: LabAddress | null;
  }
}

const ownCrds = fileURLToPath(new URL('../../crds', import.meta.url));

/**
 * Gives the tests a cluster with the operator at work: the one that `ENVCLONE_E2E_KUBECONFIG` names, which has
 * KubeVirt, the others and the chart already, or a control plane of their own with stand-ins.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.ENVCLONE_E2E_KUBECONFIG;
  if (given) {
    await installCrds(given, ownCrds);
    project.provide('kubeconfig', given);
    project.provide('lab', null);
    return async () => {};
  }
  const cluster = await startEverything({ pace: 'fast', log: console.log, logLevel: 'trace' });
  const lab = await startLabServer(cluster);
  project.provide('kubeconfig', cluster.kubeconfig);
  project.provide('lab', lab.address);
  return async () => {
    try {
      await lab.stop();
      await keepOperatorLog(cluster.logs.operator);
    } finally {
      await cluster.stop();
    }
  };
}

/** For whoever asks what the operator did in all of the tests. */
async function keepOperatorLog(log: string): Promise<void> {
  const file = process.env.ENVCLONE_KEEP_OPERATOR_LOG;
  if (file) await copyFile(log, file);
}
