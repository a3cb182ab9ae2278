import { ownerReference } from '../../kube/objects.ts';
import { claimNameOf } from '../claim-name.ts';
import type { Probe, VirtualMachineInstance } from '../types.ts';

const DEFAULT_GRACE_SECONDS = 30;
const LAUNCHER_GRACE_SECONDS = 30;
const PROBE_DELAY_SECONDS = 10;
export const LAUNCHER_IMAGE = 'cluster.local/kubevirt/virt-launcher:v1.9.0';
export const MEMORY_OVERHEAD_MIB = 268;

/** What a launcher pod needs beyond its instance. */
export interface LauncherOptions {
  /** Labels of nodes that it must have besides those that every launcher needs. */
  readonly nodeSelector?: Record<string, string>;
}

/** The pod that an instance runs in, as far as anything outside KubeVirt looks at it. */
export function launcherPod(vmi: VirtualMachineInstance, options: LauncherOptions = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(vmi),
    spec: { ...scheduling(vmi, options), ...running(vmi), volumes: volumes(vmi) },
  };
}

function metadata(vmi: VirtualMachineInstance) {
  const { name, namespace, uid, labels, annotations } = vmi.metadata;
  return {
    generateName: `virt-launcher-${name}-`,
    namespace,
    labels: {
      ...labels,
      'kubevirt.io': 'virt-launcher',
      'kubevirt.io/created-by': uid,
      'vm.kubevirt.io/name': hostnameOf(vmi),
      'vmi.kubevirt.io/id': name,
    },
    annotations: { ...keptAnnotations(annotations), ...launcherAnnotations(vmi) },
    ownerReferences: [ownerReference(vmi, { controller: true, blockOwnerDeletion: true })],
  };
}

function keptAnnotations(annotations: Record<string, string> = {}): Record<string, string> {
  const observed = (name: string) => name.endsWith('-observed-api-version');
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => !observed(name)));
}

function launcherAnnotations({
  metadata: { name, namespace },
}: VirtualMachineInstance): Record<string, string> {
  const freezer = (verb: string) =>
    JSON.stringify(['/usr/bin/virt-freezer', verb, '--name', name, '--namespace', namespace]);
  return {
    'descheduler.alpha.kubernetes.io/request-evict-only': '',
    'istio.io/reroute-virtual-interfaces': 'k6t-eth0',
    'kubectl.kubernetes.io/default-container': 'compute',
    'kubevirt.io/domain': name,
    'kubevirt.io/memory-overhead-bytes': String(MEMORY_OVERHEAD_MIB * 2 ** 20),
    'kubevirt.io/migrationTransportUnix': 'true',
    'post.hook.backup.velero.io/command': freezer('--unfreeze'),
    'post.hook.backup.velero.io/container': 'compute',
    'pre.hook.backup.velero.io/command': freezer('--freeze'),
    'pre.hook.backup.velero.io/container': 'compute',
    'pre.hook.backup.velero.io/timeout': '60s',
    'traffic.sidecar.istio.io/kubevirtInterfaces': 'k6t-eth0',
  };
}

function scheduling({ spec }: VirtualMachineInstance, options: LauncherOptions) {
  return {
    nodeSelector: {
      ...spec.nodeSelector,
      'kubernetes.io/arch': spec.architecture ?? 'amd64',
      'kubevirt.io/schedulable': 'true',
      [`machine-type.node.kubevirt.io/${spec.domain.machine?.type ?? 'q35'}`]: 'true',
      ...options.nodeSelector,
    },
    affinity: spec.affinity,
    tolerations: spec.tolerations,
    topologySpreadConstraints: spec.topologySpreadConstraints,
    schedulerName: spec.schedulerName,
    priorityClassName: spec.priorityClassName,
  };
}

function running(vmi: VirtualMachineInstance) {
  const { spec } = vmi;
  const grace = spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  return {
    containers: [computeContainer(vmi)],
    initContainers: [consoleLog],
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: grace + LAUNCHER_GRACE_SECONDS,
    hostname: hostnameOf(vmi),
    subdomain: spec.subdomain,
    dnsPolicy: spec.dnsPolicy,
    dnsConfig: spec.dnsConfig,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    readinessGates: [{ conditionType: 'kubevirt.io/virtual-machine-unpaused' }],
    securityContext: { runAsUser: 107, runAsGroup: 107, runAsNonRoot: true, fsGroup: 107 },
  };
}

const consoleLog = {
  name: 'guest-console-log',
  image: LAUNCHER_IMAGE,
  command: ['/usr/bin/virt-tail'],
  imagePullPolicy: 'Never',
  restartPolicy: 'Always',
  resources: { limits: { cpu: '15m', memory: '60M' }, requests: { cpu: '5m', memory: '35M' } },
};

function computeContainer(vmi: VirtualMachineInstance) {
  const { readinessProbe, livenessProbe } = vmi.spec;
  return {
    name: 'compute',
    image: LAUNCHER_IMAGE,
    imagePullPolicy: 'Never',
    command: ['/usr/bin/virt-launcher-monitor', '--name', vmi.metadata.name, '--uid', vmi.metadata.uid],
    resources: { requests: { cpu: '100m', memory: memoryRequest(vmi), 'ephemeral-storage': '50M' } },
    readinessProbe: readinessProbe && podProbe(readinessProbe, vmi),
    livenessProbe: livenessProbe && podProbe(livenessProbe, vmi),
  };
}

/** The kubelet asks the launcher, which asks the guest, and gives the domain ten seconds to come up. */
function podProbe(probe: Probe, { metadata: { name, namespace } }: VirtualMachineInstance) {
  const { exec, guestAgentPing, ...rest } = probe;
  const timeout = probe.timeoutSeconds ?? 1;
  const launcher = [
    'virt-probe',
    '--domainName',
    `${namespace}_${name}`,
    '--timeoutSeconds',
    String(timeout),
  ];
  const delayed = { ...rest, initialDelaySeconds: (probe.initialDelaySeconds ?? 0) + PROBE_DELAY_SECONDS };
  if (guestAgentPing !== undefined) return byLauncher(delayed, timeout, [...launcher, '--guestAgentPing']);
  if (exec === undefined) return delayed;
  const [program = '', ...words] = exec.command ?? [];
  return byLauncher(delayed, timeout, [...launcher, '--command', program, '--', ...words]);
}

function byLauncher(probe: object, timeoutSeconds: number, command: string[]) {
  return { ...probe, timeoutSeconds: timeoutSeconds + 1, exec: { command } };
}

/** Guest memory and overhead; what a VM requests itself takes the place of its guest memory. */
function memoryRequest({ spec: { domain } }: VirtualMachineInstance): string {
  const guest = domain.resources?.requests?.memory ?? domain.memory?.guest ?? '0';
  return `${Math.ceil(mebibytes(String(guest))) + MEMORY_OVERHEAD_MIB}Mi`;
}

const UNITS: Record<string, number> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

export function mebibytes(quantity: string): number {
  const [, number, unit = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  const factor = UNITS[unit];
  if (number === undefined || factor === undefined) throw new Error(`"${quantity}" is no amount of memory`);
  return (Number(number) * factor) / 2 ** 20;
}

/** A claim is a pod volume of its volume's name; what does not come from a claim is no business of the kubelet's. */
function volumes({ spec }: VirtualMachineInstance) {
  return (spec.volumes ?? []).flatMap((volume) => {
    const claimName = claimNameOf(volume);
    return claimName === undefined ? [] : [{ name: volume.name, persistentVolumeClaim: { claimName } }];
  });
}

function hostnameOf({ metadata, spec }: VirtualMachineInstance): string {
  const name = spec.hostname ?? metadata.name.split('.')[0]!;
  return name.slice(0, 63);
}
