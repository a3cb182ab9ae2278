import type { VirtualMachineInstance } from '../types.ts';

/** What a launcher pod needs beyond its instance. */
export interface LauncherOptions {
  /** Labels of nodes that it must have besides those that every launcher needs. */
  readonly nodeSelector?: Record<string, string>;
}

/** Which nodes a launcher can run on. */
export function launcherScheduling(vmi: VirtualMachineInstance, options: LauncherOptions) {
  const { spec } = vmi;
  return {
    nodeSelector: {
      ...spec.nodeSelector,
      'kubernetes.io/arch': spec.architecture ?? 'amd64',
      'kubevirt.io/schedulable': 'true',
      [`machine-type.node.kubevirt.io/${spec.domain.machine?.type ?? 'q35'}`]: 'true',
      ...options.nodeSelector,
    },
    affinity: affinityOf(vmi),
    tolerations: spec.tolerations,
    topologySpreadConstraints: spec.topologySpreadConstraints,
    schedulerName: spec.schedulerName,
    priorityClassName: spec.priorityClassName,
  };
}

const CURRENT_MODEL = { key: 'node-labeller.kubevirt.io/obsolete-host-model', operator: 'DoesNotExist' };

interface Affinity {
  readonly nodeAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: {
      readonly nodeSelectorTerms: readonly { readonly matchExpressions?: readonly object[] }[];
    };
  };
}

/** Its own, and for the host's processor model a node whose model is known. */
function affinityOf({ spec }: VirtualMachineInstance): object | undefined {
  if (spec.domain.cpu?.model !== 'host-model') return spec.affinity;
  const { nodeAffinity, ...others } = (spec.affinity ?? {}) as Affinity;
  const required = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const terms = required?.nodeSelectorTerms ?? [{}];
  const nodeSelectorTerms = terms.map((term) => ({
    ...term,
    matchExpressions: [...(term.matchExpressions ?? []), CURRENT_MODEL],
  }));
  return {
    ...others,
    nodeAffinity: { ...nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
  };
}
