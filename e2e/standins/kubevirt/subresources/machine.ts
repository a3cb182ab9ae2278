import { setTimeout as sleep } from 'node:timers/promises';
import { KubeError } from '../../kube/error.ts';
import type { Answer } from '../../kube/https-server.ts';
import { resourcePath, VirtualMachineInstances, VirtualMachines } from '../../kube/kinds.ts';
import type { RunStrategy, StateChangeRequest, VirtualMachine, VirtualMachineInstance } from '../types.ts';
import { runStrategyOf } from '../vm/decide.ts';
import { isFinal } from '../vmi/ready.ts';
import type { World } from '../world.ts';
import { accepted, conflict, internalError, json, notFound } from './answers.ts';
import { fetchInstance, fetchMachine } from './fetch.ts';
import { isDryRun, parseOptions } from './options.ts';
import type { Call } from './serve.ts';

interface StartOptions {
  readonly paused?: boolean;
  readonly dryRun?: readonly string[];
}

interface StopOptions {
  readonly gracePeriod?: number;
  readonly dryRun?: readonly string[];
}

interface RestartOptions {
  readonly gracePeriodSeconds?: number;
  readonly dryRun?: readonly string[];
}

export async function start(world: World, call: Call): Promise<Answer> {
  const options = parseOptions<StartOptions>(call.body, 'v1.StartOptions');
  if ('refusal' in options) return options.refusal;
  const [vm, vmi] = await Promise.all([fetchMachine(world, call), fetchInstance(world, call)]);
  if (vm === undefined) return notFound('virtualmachine', call.name);
  const strategy = runStrategyOf(vm);
  if (runs(vmi)) return conflict('virtualmachine', call.name, 'VM is already running');
  if (strategy === 'Always' || strategy === 'Once')
    return conflict('virtualmachine', call.name, `${strategy} does not support manual start requests`);
  if (isDryRun(options)) return accepted;
  return attempt(async () => {
    if (strategy !== 'Halted') await request(world, vm, againstEnded(vmi));
    else {
      if (options.paused) await request(world, vm, [{ action: 'Start', data: { paused: 'true' } }]);
      await setRunStrategy(world, vm, 'Always');
    }
    await untilAnotherInstance(world, call, vmi);
  });
}

const STARTS_WITHIN_MS = 150;
const POLL_MS = 5;

/** A start is answered so slowly that who asks again at once finds the instance: here that takes a moment more. */
async function untilAnotherInstance(
  { caches, context }: World,
  { namespace, name }: Call,
  before: VirtualMachineInstance | undefined,
): Promise<void> {
  const deadline = performance.now() + STARTS_WITHIN_MS;
  const uid = () => caches.vmis.get(namespace, name)?.metadata.uid;
  while (performance.now() < deadline && (uid() === undefined || uid() === before?.metadata.uid))
    await sleep(POLL_MS, undefined, { signal: context.signal });
}

export async function stop(world: World, call: Call): Promise<Answer> {
  const options = parseOptions<StopOptions>(call.body, 'v1.StopOptions');
  if ('refusal' in options) return options.refusal;
  const [vm, vmi] = await Promise.all([fetchMachine(world, call), fetchInstance(world, call)]);
  if (vm === undefined) return notFound('virtualmachine', call.name);
  const strategy = runStrategyOf(vm);
  const continuous = strategy === 'Always' || strategy === 'Once';
  if (!continuous && !runs(vmi)) return conflict('virtualmachine', call.name, 'VM is not running');
  if (strategy === 'Halted' && !isShorter(options.gracePeriod, vmi!))
    return conflict(
      'virtualmachine',
      call.name,
      'Halted only supports manual stop requests with a shorter graceperiod',
    );
  if (isDryRun(options)) return accepted;
  return attempt(async () => {
    if (options.gracePeriod !== undefined && vmi) await setGrace(world, vmi, options.gracePeriod);
    if (continuous) return setRunStrategy(world, vm, 'Halted');
    if (strategy !== 'Halted') await request(world, vm, [{ action: 'Stop', uid: vmi!.metadata.uid }]);
  });
}

export async function restart(world: World, call: Call): Promise<Answer> {
  const options = parseOptions<RestartOptions>(call.body, 'v1.RestartOptions');
  if ('refusal' in options) return options.refusal;
  const [vm, vmi] = await Promise.all([fetchMachine(world, call), fetchInstance(world, call)]);
  if (vm === undefined) return notFound('virtualmachine', call.name);
  const strategy = runStrategyOf(vm);
  if (strategy === 'Halted' || strategy === 'Once')
    return conflict(
      'virtualmachine',
      call.name,
      `RunStategy ${strategy} does not support manual restart requests`,
    );
  if (!runs(vmi)) return conflict('virtualmachine', call.name, 'VM is not running');
  if (isDryRun(options)) return accepted;
  return attempt(async () => {
    // The launcher is asked for no less than one second.
    if (options.gracePeriodSeconds !== undefined)
      await setGrace(world, vmi!, Math.max(1, options.gracePeriodSeconds));
    await request(world, vm, [{ action: 'Stop', uid: vmi!.metadata.uid }, { action: 'Start' }]);
  });
}

/** Without instance types the spec is as it stands. */
export async function expandSpec(world: World, call: Call): Promise<Answer> {
  const vm = await fetchMachine(world, call);
  if (vm === undefined) return notFound('virtualmachine', call.name);
  if (vm.spec.instancetype ?? vm.spec.preference)
    return { code: 501, body: 'expand-spec of instance types is not modelled by the stand-in' };
  return json(vm);
}

function runs(vmi: VirtualMachineInstance | undefined): boolean {
  return vmi !== undefined && !isFinal(vmi);
}

/** An instance that ended and stays is stopped first. */
function againstEnded(vmi: VirtualMachineInstance | undefined): StateChangeRequest[] {
  const start: StateChangeRequest = { action: 'Start' };
  return vmi === undefined ? [start] : [{ action: 'Stop', uid: vmi.metadata.uid }, start];
}

function isShorter(gracePeriod: number | undefined, { spec }: VirtualMachineInstance): boolean {
  return gracePeriod !== undefined && gracePeriod < (spec.terminationGracePeriodSeconds ?? 30);
}

async function setRunStrategy({ api }: World, vm: VirtualMachine, runStrategy: RunStrategy): Promise<void> {
  const spec = vm.spec.running === undefined ? { runStrategy } : { running: runStrategy === 'Always' };
  await api.client.mergePatch(pathOf(vm), { spec });
}

async function request({ api }: World, vm: VirtualMachine, stateChangeRequests: StateChangeRequest[]) {
  await api.client.statusPatch(pathOf(vm), { status: { stateChangeRequests } });
}

async function setGrace(
  { api }: World,
  { metadata }: VirtualMachineInstance,
  seconds: number,
): Promise<void> {
  const path = resourcePath(VirtualMachineInstances, metadata.namespace, metadata.name);
  await api.client.mergePatch(path, { spec: { terminationGracePeriodSeconds: seconds } });
}

function pathOf({ metadata }: VirtualMachine): string {
  return resourcePath(VirtualMachines, metadata.namespace, metadata.name);
}

/** What the API server refuses of a change is virt-api's own error. */
async function attempt(change: () => Promise<void>): Promise<Answer> {
  try {
    await change();
    return accepted;
  } catch (error) {
    if (error instanceof KubeError) return internalError(error.message);
    throw error;
  }
}
