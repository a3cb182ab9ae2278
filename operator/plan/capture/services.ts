/** Services by which VMs of an Environment are reached: the names that its applications know each other by. */
import type { Service } from '../../cluster/kinds.generated.ts';
import { selects } from '../selectors.ts';
import type { CapturedMachine, CapturedService } from './model.ts';

/** The Services of the namespace that select one of the VMs. */
export function servicesOf(
  services: readonly Service[],
  machines: readonly CapturedMachine[],
): readonly CapturedService[] {
  return services
    .filter(({ spec }) => selectsOneOf(spec, machines))
    .map(({ metadata, spec }) => ({
      name: metadata.name,
      labels: metadata.labels ?? {},
      annotations: metadata.annotations ?? {},
      spec: spec!,
    }));
}

/** Whether a Service reaches one of the VMs; one without a selector reaches none. */
export function selectsOneOf(spec: Service['spec'], machines: readonly CapturedMachine[]): boolean {
  const matchLabels = spec?.selector ?? {};
  if (Object.keys(matchLabels).length === 0) return false;
  return machines.some(({ name, spec: { template } }) =>
    selects({ matchLabels }, launcherLabels(name, template.metadata?.labels)),
  );
}

/** The labels that KubeVirt gives the pod in which a VM runs: those of its template and some of its own. */
export function launcherLabels(
  machine: string,
  template: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    ...template,
    'kubevirt.io': 'virt-launcher',
    'vm.kubevirt.io/name': machine,
    'vmi.kubevirt.io/id': machine,
  };
}
