/** What stands around the VMs of a clone: the Services they are known by, and the policy that keeps them apart. */
import {
  type NetworkPolicy,
  networkPolicies,
  type Service,
  services,
} from '../../cluster/kinds.generated.ts';
import { labels, withSuffix } from '../../names.ts';
import type { CapturedService } from '../capture/model.ts';
import type { Step } from '../steps.ts';
import { type CloneContext, ownedMetadata, renamed } from './context.ts';
import { withoutForeignMarks } from './marks.ts';

/** What was allocated for the source, or would be reachable from outside the cluster. */
const notCopied = [
  'clusterIP',
  'clusterIPs',
  'externalIPs',
  'externalTrafficPolicy',
  'healthCheckNodePort',
  'loadBalancerIP',
  'loadBalancerClass',
  'loadBalancerSourceRanges',
  'allocateLoadBalancerNodePorts',
  'ipFamilies',
] as const;

/** A Service of the clone keeps its name, because that is what its peers call. */
export function makeService(service: CapturedService, context: CloneContext): Step {
  const { ports, ...spec } = service.spec;
  const kept = Object.fromEntries(
    Object.entries(spec).filter(([key]) => !(notCopied as readonly string[]).includes(key)),
  );
  const object = {
    metadata: ownedMetadata(context, service.name, { labels: withoutForeignMarks(service.labels) }),
    spec: {
      ...kept,
      type: 'ClusterIP',
      ...(spec.clusterIP === 'None' && { clusterIP: 'None' }),
      ports: ports?.map(({ nodePort: _, ...port }) => port),
      selector: renamedSelector(spec.selector ?? {}, context),
    },
  } as Service;
  return { step: 'create', kind: services, object };
}

/** Selectors may name the VM by labels that KubeVirt sets; those follow the new name. */
function renamedSelector(
  selector: Readonly<Record<string, string>>,
  context: CloneContext,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(selector).map(([key, value]) => [
      key,
      key.endsWith('kubevirt.io/name') || key === 'vmi.kubevirt.io/id' ? renamed(context, value) : value,
    ]),
  );
}

export function policyName({ clone }: CloneContext): string {
  return withSuffix(clone.metadata.name, 'isolation', 253);
}

/** VMs of the clone reach each other and DNS; nothing reaches them but what `ingressFrom` names. */
export function makePolicy(context: CloneContext): Step {
  const own = { podSelector: { matchLabels: { [labels.clone]: context.clone.metadata.uid! } } };
  // Policies see the port of the DNS pods, which is 5353 on OpenShift.
  const dns = [53, 5353].flatMap((port) => [
    { protocol: 'UDP', port },
    { protocol: 'TCP', port },
  ]);
  const object = {
    metadata: ownedMetadata(context, policyName(context)),
    spec: {
      podSelector: own.podSelector,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [own, ...context.clone.spec.isolation.ingressFrom] }],
      egress: [{ to: [own] }, { to: [{ namespaceSelector: {} }], ports: dns }],
    },
  } as unknown as NetworkPolicy;
  return { step: 'create', kind: networkPolicies, object };
}
