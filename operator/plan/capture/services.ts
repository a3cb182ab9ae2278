/** Services by which VMs of an Environment are reached: the names that its applications know each other by. */
import type { Service } from '../../cluster/kinds.generated.ts';
import { selects } from '../selectors.ts';
import type { CapturedMachine, CapturedService } from './model.ts';

/** The Services of the namespace that select one of the VMs. */
export function servicesOf(
  services: readonly Service[],
  machines: readonly CapturedMachine[],
): readonly CapturedService[] {
  const pods = machines.map((machine) =>
    launcherLabels(machine.name, machine.spec.template.metadata?.labels),
  );
  return services
    .filter((service) => {
      const selector = service.spec?.selector ?? {};
      return (
        Object.keys(selector).length > 0 && pods.some((labels) => selects({ matchLabels: selector }, labels))
      );
    })
    .map(({ metadata, spec }) => ({
      name: metadata.name,
      labels: metadata.labels ?? {},
      annotations: metadata.annotations ?? {},
      spec: spec!,
    }));
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
