/** The environment of four VMs that the demo clones, at work. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { environments, virtualMachineInstances } from '../../operator/cluster/kinds.generated.ts';
import { readJournal } from '../standins/guest/read-journal.ts';
import { applyYaml } from '../testing/apply-yaml.ts';
import { volumeHandles } from '../testing/disk-pairs.ts';
import type { Everything } from '../testing/everything.ts';
import { hasCondition, waitFor } from '../testing/wait-for.ts';

const namespace = 'shop-prod';
const machines = ['db', 'queue', 'api', 'web'];
/** So many records must be on the disk of the VM that writes after all others, for a cut to be told from luck. */
const enoughRecords = 25;

/** Path of a file of the sample. */
export function sample(file: string): string {
  return fileURLToPath(new URL(`../sample/${file}`, import.meta.url));
}

/** Resolves when every guest is up and has begun to write. */
export async function startSample(everything: Everything, signal: AbortSignal): Promise<void> {
  const { client } = everything;
  await applyYaml(client, sample('virtual-machines.yaml'));
  await applyYaml(client, sample('environment.yaml'));
  const booted = machines.map((name) =>
    waitFor(client, virtualMachineInstances, { namespace, name }, 'booted', hasCondition('AgentConnected'), {
      signal,
    }),
  );
  await Promise.all(booted);
  await waitFor(client, environments, { namespace, name: 'shop' }, 'Ready', hasCondition('Ready'), {
    signal,
  });
  await guestsHaveWritten(everything, signal);
}

async function guestsHaveWritten({ client, standIns }: Everything, signal: AbortSignal): Promise<void> {
  const handles = await volumeHandles(client, namespace);
  const lastToWrite = join(standIns.directory, 'volumes', handles.get('web-root')!, 'disk.img');
  while (readJournal(lastToWrite).records.length < enoughRecords) await sleep(100, undefined, { signal });
}
