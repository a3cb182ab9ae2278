import { ownerReference } from '../../kube/objects.ts';
import type { Probe, VirtualMachineInstance } from '../types.ts';
import { type LauncherOptions, launcherScheduling } from './launcher-scheduling.ts';
import { launcherVolumes } from './launcher-volumes.ts';

const DEFAULT_GRACE_SECONDS = 30;
const LAUNCHER_GRACE_SECONDS = 30;
/** How long a probe of a launcher leaves the domain to come up, beyond its own delay. */
export const PROBE_DELAY_SECONDS = 10;
export const LAUNCHER_IMAGE = 'cluster.local/kubevirt/virt-launcher:v1.9.0';
const MEMORY_OVERHEAD_MIB = 268;

/** The pod that an instance runs in, as far as anything outside KubeVirt looks at it. */
export function launcherPod(vmi: VirtualMachineInstance, options: LauncherOptions = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(vmi),
    spec: { ...launcherScheduling(vmi, options), ...running(vmi), volumes: launcherVolumes(vmi) },
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

function launcherAnnotations(vmi: VirtualMachineInstance): Record<string, string> {
  const { name, namespace } = vmi.metadata;
  const freezer = (verb: string) =>
    `["/usr/bin/virt-freezer", "${verb}", "--name", "${name}", "--namespace", "${namespace}"]`;
  return {
    'descheduler.alpha.kubernetes.io/request-evict-only': '',
    'istio.io/reroute-virtual-interfaces': 'k6t-eth0',
    'kubectl.kubernetes.io/default-container': 'compute',
    'kubevirt.io/domain': name,
    'kubevirt.io/memory-overhead-bytes': String(memoryOverheadMib(vmi) * 2 ** 20),
    'kubevirt.io/migrationTransportUnix': 'true',
    'post.hook.backup.velero.io/command': freezer('--unfreeze'),
    'post.hook.backup.velero.io/container': 'compute',
    'pre.hook.backup.velero.io/command': freezer('--freeze'),
    'pre.hook.backup.velero.io/container': 'compute',
    'pre.hook.backup.velero.io/timeout': '60s',
    'traffic.sidecar.istio.io/kubevirtInterfaces': 'k6t-eth0',
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
function podProbe(probe: Probe, vmi: VirtualMachineInstance) {
  const { exec, guestAgentPing, ...rest } = probe;
  const timeout = probe.timeoutSeconds ?? 1;
  const delayed = { ...rest, initialDelaySeconds: (probe.initialDelaySeconds ?? 0) + PROBE_DELAY_SECONDS };
  if (guestAgentPing !== undefined)
    return byLauncher(delayed, timeout, [...askLauncher(vmi, timeout), '--guestAgentPing']);
  if (exec === undefined) return delayed;
  return byLauncher(delayed, timeout, execByLauncher(vmi, probe));
}

/** What the launcher runs in the guest for a probe that is a command. */
export function execByLauncher(
  vmi: VirtualMachineInstance,
  { exec, timeoutSeconds = 1 }: Probe,
): readonly string[] {
  const [program = '', ...words] = exec?.command ?? [];
  if (program === PROBE_PROGRAM) return [program, ...words];
  return [...askLauncher(vmi, timeoutSeconds), '--command', program, '--', ...words];
}

const PROBE_PROGRAM = 'virt-probe';

function askLauncher({ metadata }: VirtualMachineInstance, timeoutSeconds: number): string[] {
  const domain = `${metadata.namespace}_${metadata.name}`;
  return [PROBE_PROGRAM, '--domainName', domain, '--timeoutSeconds', String(timeoutSeconds)];
}

function byLauncher(probe: object, timeoutSeconds: number, command: readonly string[]) {
  return { ...probe, timeoutSeconds: timeoutSeconds + 1, exec: { command } };
}

const EXEC_PROBES_MIB = 100;
const EXEC_PROBE_MIB = 10;

/** What a launcher needs beside its guest's memory: more with probes that are commands. */
export function memoryOverheadMib({ spec }: VirtualMachineInstance): number {
  const probes = [spec.readinessProbe, spec.livenessProbe].filter((probe) => probe?.exec !== undefined);
  const forProbes = probes.length === 0 ? 0 : EXEC_PROBES_MIB + probes.length * EXEC_PROBE_MIB;
  return MEMORY_OVERHEAD_MIB + forProbes;
}

/** Guest memory and overhead; what a VM requests itself takes the place of its guest memory. */
function memoryRequest(vmi: VirtualMachineInstance): string {
  const { domain } = vmi.spec;
  const guest = domain.resources?.requests?.memory ?? domain.memory?.guest ?? '0';
  return `${Math.ceil(mebibytes(String(guest))) + memoryOverheadMib(vmi)}Mi`;
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

function hostnameOf({ metadata, spec }: VirtualMachineInstance): string {
  const name = spec.hostname ?? metadata.name.split('.')[0]!;
  return name.slice(0, 63);
}
