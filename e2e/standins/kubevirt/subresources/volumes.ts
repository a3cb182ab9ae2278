import { KubeError } from '../../kube/error.ts';
import type { Answer } from '../../kube/https-server.ts';
import { resourcePath, VirtualMachineInstances, VirtualMachines } from '../../kube/kinds.ts';
import { claimNameOf } from '../claim-name.ts';
import { volumesOf } from '../hotplug/machine.ts';
import {
  type AddVolumeOptions,
  fulfil,
  isHotpluggable,
  type RemoveVolumeOptions,
  type VolumeRequest,
  type VolumeSource,
} from '../hotplug/requests.ts';
import type { Volume } from '../types.ts';
import { accepted, badRequest, conflict, internalError, notFound } from './answers.ts';
import { fetchInstance, fetchMachine } from './fetch.ts';
import { isDryRun, parseOptions } from './options.ts';
import type { Handler } from './serve.ts';

type Take = (body: string) => { readonly refusal: Answer } | Taken;

interface Taken {
  readonly request: VolumeRequest;
  readonly dryRun: boolean;
}

export const addVolume = { toMachine: ofMachine(takeAdded), toInstance: ofInstance(takeAdded) };
export const removeVolume = { ofMachine: ofMachine(takeRemoved), ofInstance: ofInstance(takeRemoved) };

/** Of a VM it is a request, which its controller carries out for instance and template. */
function ofMachine(take: Take): Handler {
  return async (world, call) => {
    const taken = take(call.body);
    if ('refusal' in taken) return taken.refusal;
    const vm = await fetchMachine(world, call);
    if (vm === undefined) return notFound('virtualmachine', call.name);
    const before = (vm.status?.volumeRequests ?? []) as VolumeRequest[];
    const why = obstacle(vm.spec.template.spec.volumes, taken.request) ?? repeated(before, taken.request);
    if (why !== undefined) return conflict('virtualmachine', call.name, why);
    if (taken.dryRun) return accepted;
    const path = resourcePath(VirtualMachines, call.namespace, call.name);
    const status = { volumeRequests: [...before, taken.request] };
    return attempt('vm status', () => world.api.client.statusPatch(path, { status }));
  };
}

/** Of an instance it lasts as long as that. */
function ofInstance(take: Take): Handler {
  return async (world, call) => {
    const taken = take(call.body);
    if ('refusal' in taken) return taken.refusal;
    const vmi = await fetchInstance(world, call);
    if (vmi === undefined) return notFound('virtualmachineinstance', call.name);
    if (vmi.status?.phase !== 'Running')
      return conflict('virtualmachineinstance', call.name, 'VMI is not running');
    const why = obstacle(vmi.spec.volumes, taken.request);
    if (why !== undefined) return conflict('virtualmachineinstance', call.name, why);
    if (taken.dryRun) return accepted;
    const path = resourcePath(VirtualMachineInstances, call.namespace, call.name);
    const spec = volumesOf(fulfil(vmi.spec, taken.request));
    return attempt('vmi', () => world.api.client.mergePatch(path, { spec }));
  };
}

function takeAdded(body: string): ReturnType<Take> {
  const options = parseOptions<Partial<AddVolumeOptions>>(body, 'v1.AddVolumeOptions');
  if ('refusal' in options) return options;
  const { name, disk, volumeSource } = options;
  const lacks = (what: string) => ({ refusal: badRequest(`AddVolumeOptions requires ${what}`) });
  if (!name) return lacks('name to be set');
  if (disk === undefined) return lacks('disk to not be nil');
  if (volumeSource === undefined) return lacks('VolumeSource to not be nil');
  const addVolumeOptions = { ...options, name, disk: { ...disk, name }, volumeSource: marked(volumeSource) };
  return { request: { addVolumeOptions }, dryRun: isDryRun(options) };
}

function takeRemoved(body: string): ReturnType<Take> {
  const options = parseOptions<Partial<RemoveVolumeOptions>>(body, 'v1.RemoveVolumeOptions');
  if ('refusal' in options) return options;
  const { name } = options;
  if (!name) return { refusal: badRequest('RemoveVolumeOptions requires name to be set') };
  return { request: { removeVolumeOptions: { ...options, name } }, dryRun: isDryRun(options) };
}

function marked({ persistentVolumeClaim, dataVolume }: VolumeSource): VolumeSource {
  if (dataVolume !== undefined) return { dataVolume: { ...dataVolume, hotpluggable: true } };
  if (persistentVolumeClaim === undefined) return {};
  return { persistentVolumeClaim: { ...persistentVolumeClaim, hotpluggable: true } };
}

/** Why a request does not fit the volumes that are there. */
function obstacle(volumes: readonly Volume[] = [], request: VolumeRequest): string | undefined {
  const { addVolumeOptions: added, removeVolumeOptions: removed } = request;
  if (added !== undefined) {
    const source = claimNameOf({ ...added.volumeSource, name: added.name });
    if (volumes.some(({ name }) => name === added.name))
      return `Unable to add volume [${added.name}] because volume with that name already exists`;
    if (volumes.some((volume) => claimNameOf(volume) === source))
      return `Unable to add volume source [${source}] because it already exists`;
    return undefined;
  }
  const found = volumes.find(
    (volume) => volume.name === removed?.name || claimNameOf(volume) === removed?.name,
  );
  if (found === undefined) return `Unable to remove volume [${removed?.name}] because it does not exist`;
  return isHotpluggable(found)
    ? undefined
    : `Unable to remove volume [${found.name}] because it is not hotpluggable`;
}

function repeated(requests: readonly VolumeRequest[], request: VolumeRequest): string | undefined {
  const verb = request.addVolumeOptions === undefined ? 'remove' : 'add';
  const name = request.addVolumeOptions?.name ?? request.removeVolumeOptions?.name;
  const named = (other: VolumeRequest) =>
    (verb === 'add' ? other.addVolumeOptions : other.removeVolumeOptions)?.name === name;
  return requests.some(named) ? `${verb} volume request for volume [${name}] already exists` : undefined;
}

async function attempt(what: string, change: () => Promise<unknown>): Promise<Answer> {
  try {
    await change();
    return accepted;
  } catch (error) {
    if (error instanceof KubeError) return internalError(`unable to patch ${what}: ${error.message}`);
    throw error;
  }
}
