/** Secondary networks of a clone: never the source's own unless somebody says so. */
import type { VirtualMachine } from '../../cluster/kinds.generated.ts';
import type { CapturedMachine } from '../capture/model.ts';
import type { CloneContext } from './context.ts';

type Template = NonNullable<VirtualMachine['spec']['template']['spec']>;
type Network = NonNullable<Template['networks']>[number];

/** The template on its mapped networks, without the interfaces of those that are dropped. */
export function withMappedNetworks(template: Template, context: CloneContext): Template {
  if (!template.networks?.length) return template;
  const kept = template.networks.flatMap((network) => mapNetwork(network, context));
  const names = new Set(kept.map(({ name }) => name));
  const interfaces = template.domain.devices.interfaces?.filter(({ name }) => names.has(name));
  return {
    ...template,
    networks: kept,
    domain: { ...template.domain, devices: { ...template.domain.devices, interfaces, ...unattached(kept) } },
  };
}

/** A VM without any network is put on that of the pods unless it says otherwise. */
function unattached(kept: readonly Network[]) {
  return kept.length === 0 ? { autoattachPodInterface: false } : {};
}

/** Multus networks of the machine that the clone does not say anything about. */
export function unmappedNetworks(machine: CapturedMachine, context: CloneContext): readonly string[] {
  const networks = machine.spec.template.spec?.networks ?? [];
  return networks.flatMap(({ multus }) =>
    multus && !entryFor(multus.networkName, context) ? [multus.networkName] : [],
  );
}

function mapNetwork(network: Network, context: CloneContext): readonly Network[] {
  if (!network.multus) return [network];
  const entry = entryFor(network.multus.networkName, context);
  if (!entry?.target) return [];
  return [{ ...network, multus: { ...network.multus, networkName: entry.target } }];
}

/** A network without a namespace is in that of the VM, and may be listed either way. */
function entryFor(name: string, { clone, sourceNamespace }: CloneContext) {
  const full = (each: string) => (each.includes('/') ? each : `${sourceNamespace}/${each}`);
  return clone.spec.networks.find(({ source }) => full(source) === full(name));
}
