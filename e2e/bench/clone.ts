/** A clone of 100 VMs in 5 tiers against the sum of the boots on its longest chain, and what it costs. */

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { ClusterClient } from '../../operator/cluster/index.ts';
import {
  environmentClones,
  virtualMachines,
  volumeSnapshotContents,
} from '../../operator/cluster/kinds.generated.ts';
import { applyObjects } from '../testing/apply-yaml.ts';
import type { Everything } from '../testing/everything.ts';
import { waitFor, waitUntilGone } from '../testing/wait-for.ts';
import { criticalPathSeconds, type Fleet, fleetObjects } from './fleet.ts';

export interface CloneFigures {
  readonly clone100_seconds: number;
  readonly clone100_critical_seconds: number;
  readonly clone100_over_critical: number;
  readonly clone100_requests_per_vm: Readonly<Record<string, number>>;
  readonly clone100_peak_rss_mb: number;
  readonly clone100_cpu_seconds: number;
}

const fleet: Fleet = { namespace: 'bench-source', tiers: 5, machinesPerTier: 20, bootSeconds: 10 };
const machineCount = fleet.tiers * fleet.machinesPerTier;

export async function prepareFleet({ client }: Everything, which: Fleet = fleet): Promise<void> {
  await applyObjects(client, fleetObjects(which));
  const count = which.tiers * which.machinesPerTier;
  for (;;) {
    const { items } = await client.list(virtualMachines, { namespace: which.namespace });
    const up = items.filter(({ status }) =>
      status?.conditions?.some(({ type, status: is }) => type === 'AgentConnected' && is === 'True'),
    );
    if (up.length === count) return;
    // A list of all of them is itself work for the API server.
    await sleep(Math.max(500, 5 * count));
  }
}

export async function measureClone(everything: Everything, run: number): Promise<CloneFigures> {
  const { client, operator } = everything;
  const namespace = `bench-copy-${run}`;
  const key = { namespace, name: 'copy' };
  await applyObjects(client, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  const before = await readCosts(operator.port);
  const began = performance.now();
  const spec = { source: { namespace: fleet.namespace, environment: 'fleet' }, concurrency: machineCount };
  await applyObjects(client, [
    { apiVersion: 'envclone.io/v1alpha1', kind: 'EnvironmentClone', metadata: key, spec } as never,
  ]);
  await waitFor(client, environmentClones, key, 'completed', ({ status }) => status?.phase === 'Completed', {
    timeoutMs: 300_000,
  });
  const seconds = (performance.now() - began) / 1000;
  const after = await readCosts(operator.port);
  await client.delete(environmentClones, key);
  await waitUntilGone(client, environmentClones, key, { timeoutMs: 300_000 });
  await untilStorageIsIdle(client);
  const critical = criticalPathSeconds(fleet);
  return {
    clone100_seconds: seconds,
    clone100_critical_seconds: critical,
    clone100_over_critical: seconds / critical,
    clone100_requests_per_vm: perMachine(before.requests, after.requests),
    clone100_peak_rss_mb: after.peakRssBytes / 2 ** 20,
    clone100_cpu_seconds: after.cpuSeconds - before.cpuSeconds,
  };
}

/** What a clone leaves to the storage to take away would be work beside the next one. */
async function untilStorageIsIdle(client: ClusterClient): Promise<void> {
  while ((await client.list(volumeSnapshotContents)).items.length > 0) await sleep(500);
}

interface Costs {
  readonly requests: ReadonlyMap<string, number>;
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
}

/** From the operator's own /metrics, and its peak from the kernel where that can be asked. */
async function readCosts(port: number): Promise<Costs> {
  const { body } = await request(`http://127.0.0.1:${port}/metrics`);
  const text = await body.text();
  const requests = new Map<string, number>();
  for (const [, verb, count] of text.matchAll(/^envclone_api_requests_total\{verb="(\w+)".*\} (\d+)$/gm))
    requests.set(verb!, (requests.get(verb!) ?? 0) + Number(count));
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  const peakRssBytes =
    (await peakOf(value('envclone_process_pid'))) ?? value('process_resident_memory_bytes');
  return { requests, cpuSeconds: value('process_cpu_seconds_total'), peakRssBytes };
}

async function peakOf(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function perMachine(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Record<string, number> {
  const verbs = [...after].map(
    ([verb, count]) => [verb, (count - (before.get(verb) ?? 0)) / machineCount] as const,
  );
  return Object.fromEntries([...verbs, ['total', verbs.reduce((sum, [, each]) => sum + each, 0)]]);
}
