/** `envclone demo`: a whole cluster on this machine, an environment of four VMs in it, and a clone of that. */
import { execFileSync } from 'node:child_process';
import type { CloneView } from '../../operator/cli/clone-view.ts';
import { displayOn } from '../../operator/cli/display.ts';
import { followClone } from '../../operator/cli/follow-clone.ts';
import { span } from '../../operator/cli/lines.ts';
import { environmentClones } from '../../operator/cluster/kinds.generated.ts';
import { findHelm } from '../control-plane/helm.ts';
import { applyYaml } from '../testing/apply-yaml.ts';
import { compareBytes } from '../testing/captured-bytes.ts';
import { pairDisks } from '../testing/disk-pairs.ts';
import { type Everything, startEverything } from '../testing/everything.ts';
import { tail } from '../testing/operator-process.ts';
import { waitFor } from '../testing/wait-for.ts';
import { describeBytes, describeClone, nextAfterwards, nextWhileKept } from './report.ts';
import { sample, startSample } from './sample.ts';
import { Stages } from './stages.ts';

export interface DemoOptions {
  /** Goes on running at the end, until interrupted. */
  readonly keep: boolean;
}

const interrupted = 130;
const cloneAtMostMs = 180_000;
const cloneKey = { namespace: 'shop-copy', name: 'shop' };

/** The exit code: 0 when the clone was completed and every byte was right. Leaves nothing behind. */
export async function runDemo(options: DemoOptions, signal: AbortSignal): Promise<number> {
  const stages = new Stages(process.stdout);
  try {
    const ok = await demonstrate(options, stages, signal);
    if (ok && !options.keep) process.stdout.write(`\n${nextAfterwards.join('\n')}\n`);
    return ok ? 0 : 1;
  } catch (error) {
    if (!signal.aborted) throw error;
    stages.say([span('interrupted: everything is removed again', 'quiet')]);
    return interrupted;
  }
}

async function demonstrate({ keep }: DemoOptions, stages: Stages, signal: AbortSignal): Promise<boolean> {
  const options = { pace: 'fast', log: stages.log, stage: stages.run, signal } as const;
  await using everything = await startEverything(options);
  const broken = endOfOperator(everything);
  try {
    const ok = await cloneSample(everything, stages, AbortSignal.any([signal, broken]));
    if (ok && keep) await keepRunning(everything, signal);
    return ok;
  } catch (error) {
    if (!signal.aborted) await quoteLogs(everything);
    throw broken.reason ?? error;
  }
}

/** Aborted, with what to say, when the operator ends: nothing would go on without it. */
function endOfOperator({ operator }: Everything): AbortSignal {
  const broken = new AbortController();
  void operator.ended.then(({ how }) => broken.abort(new Error(`the operator ended (${how})`)));
  return broken.signal;
}

async function cloneSample(everything: Everything, stages: Stages, signal: AbortSignal): Promise<boolean> {
  await stages.run('sample environment shop-prod: web → api → db, api → queue', () =>
    startSample(everything, signal),
  );
  const view = await showClone(everything, stages, signal);
  const ok = await showBytes(everything, stages);
  for (const line of describeClone(view)) stages.say(line);
  return ok;
}

async function showClone({ client }: Everything, stages: Stages, signal: AbortSignal): Promise<CloneView> {
  await applyYaml(client, sample('clone.yaml'));
  stages.say([
    span('\n$ kubectl apply -f e2e/sample/clone.yaml\n$ envclone status shop -n shop-copy --watch', 'quiet'),
  ]);
  const clone = await waitFor(client, environmentClones, cloneKey, 'there', () => true, { signal });
  const inTime = AbortSignal.timeout(cloneAtMostMs);
  try {
    const end = await followClone(
      client,
      clone,
      displayOn(process.stdout),
      AbortSignal.any([signal, inTime]),
    );
    if (end.ending === 'Gone') throw new Error('the EnvironmentClone was deleted');
    return end.view;
  } catch (error) {
    if (!inTime.aborted) throw error;
    throw new Error(`the clone was not completed within ${cloneAtMostMs / 1000} s`);
  }
}

async function showBytes({ client, standIns }: Everything, stages: Stages): Promise<boolean> {
  const clone = await client.get(environmentClones, cloneKey);
  stages.say([]);
  const report = await stages.run(
    'every disk of the clone against the storage’s snapshot of its source',
    async () => compareBytes(await pairDisks(client, clone!, standIns.directory)),
  );
  for (const line of describeBytes(report)) stages.say(line);
  return report.ok;
}

async function keepRunning({ kubeconfig }: Everything, signal: AbortSignal): Promise<void> {
  const kubectl = isOnPath('kubectl') ? 'kubectl' : (await findHelm(() => {})).kubectl;
  process.stdout.write(`\n${nextWhileKept(kubeconfig, kubectl).join('\n')}\n`);
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function isOnPath(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`]);
    return true;
  } catch {
    return false;
  }
}

/** They are removed in a moment. */
async function quoteLogs({ logs }: Everything): Promise<void> {
  for (const [name, log] of Object.entries(logs))
    process.stderr.write(`\nthe last lines of the ${name} log:\n${await tail(log)}\n`);
}
