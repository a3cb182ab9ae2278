import type { KubeObject } from '../kube/objects.ts';

/** The parts of KubeVirt's kinds that the stand-in reads and writes; whatever else a spec holds is passed on. */
export interface VirtualMachine extends KubeObject {
  spec: VirtualMachineSpec;
  status?: VirtualMachineStatus;
}

export interface VirtualMachineSpec {
  running?: boolean;
  runStrategy?: RunStrategy;
  instancetype?: Matcher;
  preference?: Matcher;
  dataVolumeTemplates?: DataVolumeTemplate[];
  template: { metadata?: TemplateMetadata; spec: InstanceSpec };
}

export type RunStrategy = 'Always' | 'RerunOnFailure' | 'Manual' | 'Once' | 'Halted' | 'WaitAsReceiver';

export interface Matcher {
  kind?: string;
  name?: string;
  revisionName?: string;
  [field: string]: unknown;
}

export interface TemplateMetadata {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface DataVolumeTemplate {
  apiVersion?: string;
  kind?: string;
  metadata: TemplateMetadata & { name: string };
  spec: Record<string, unknown>;
}

export interface VirtualMachineStatus {
  created?: boolean;
  ready?: boolean;
  printableStatus?: string;
  runStrategy?: RunStrategy;
  observedGeneration?: number;
  desiredGeneration?: number;
  conditions?: Condition[];
  stateChangeRequests?: StateChangeRequest[];
  startFailure?: StartFailure;
  volumeSnapshotStatuses?: VolumeSnapshotStatus[];
  /** The snapshot that holds the VM. */
  snapshotInProgress?: string;
  restoreInProgress?: string;
  [field: string]: unknown;
}

export interface StateChangeRequest {
  action: 'Start' | 'Stop';
  uid?: string;
  data?: Record<string, string>;
}

export interface StartFailure {
  consecutiveFailCount: number;
  lastFailedVMIUID: string;
  retryAfterTimestamp: string;
}

export interface VolumeSnapshotStatus {
  name: string;
  enabled: boolean;
  reason?: string;
}

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastProbeTime?: string | null;
  lastTransitionTime?: string | null;
}

export interface VirtualMachineInstance extends KubeObject {
  spec: InstanceSpec;
  status?: InstanceStatus;
}

export interface InstanceSpec {
  architecture?: string;
  domain: DomainSpec;
  networks?: Network[];
  volumes?: Volume[];
  terminationGracePeriodSeconds?: number;
  startStrategy?: string;
  evictionStrategy?: string;
  hostname?: string;
  subdomain?: string;
  nodeSelector?: Record<string, string>;
  affinity?: Record<string, unknown>;
  tolerations?: unknown[];
  topologySpreadConstraints?: unknown[];
  schedulerName?: string;
  priorityClassName?: string;
  dnsPolicy?: string;
  dnsConfig?: Record<string, unknown>;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  accessCredentials?: unknown[];
  [field: string]: unknown;
}

export interface DomainSpec {
  cpu?: { cores?: number; sockets?: number; threads?: number; maxSockets?: number; model?: string };
  memory?: { guest?: string | number; maxGuest?: string | number; hugepages?: { pageSize: string } };
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  machine?: { type?: string };
  firmware?: { uuid?: string; serial?: string; [field: string]: unknown };
  features?: Record<string, unknown>;
  devices: { disks?: Disk[]; interfaces?: Interface[]; [field: string]: unknown };
  [field: string]: unknown;
}

export interface Disk {
  name: string;
  disk?: { bus?: string; readonly?: boolean };
  cdrom?: { bus?: string };
  lun?: { bus?: string };
  bootOrder?: number;
  [field: string]: unknown;
}

export interface Interface {
  name: string;
  macAddress?: string;
  bootOrder?: number;
  [binding: string]: unknown;
}

export interface Network {
  name: string;
  pod?: Record<string, unknown>;
  multus?: { networkName: string; default?: boolean };
  [field: string]: unknown;
}

export interface Volume {
  name: string;
  persistentVolumeClaim?: { claimName: string; hotpluggable?: boolean; readOnly?: boolean };
  dataVolume?: { name: string; hotpluggable?: boolean };
  [source: string]: unknown;
}

export interface Probe {
  initialDelaySeconds?: number;
  timeoutSeconds?: number;
  periodSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
  httpGet?: Record<string, unknown>;
  tcpSocket?: Record<string, unknown>;
  exec?: { command?: string[] };
  guestAgentPing?: Record<string, unknown>;
}

export type InstancePhase = 'Pending' | 'Scheduling' | 'Scheduled' | 'Running' | 'Succeeded' | 'Failed';

export interface InstanceStatus {
  phase?: InstancePhase;
  phaseTransitionTimestamps?: { phase: InstancePhase; phaseTransitionTimestamp: string }[];
  conditions?: Condition[];
  nodeName?: string;
  activePods?: Record<string, string>;
  interfaces?: InterfaceStatus[];
  volumeStatus?: VolumeStatus[];
  guestOSInfo?: Record<string, string>;
  fsFreezeStatus?: string;
  memory?: Record<string, string>;
  machine?: { type: string };
  virtualMachineRevisionName?: string;
  [field: string]: unknown;
}

export interface InterfaceStatus {
  name?: string;
  mac?: string;
  ipAddress?: string;
  ipAddresses?: string[];
  infoSource?: string;
  interfaceName?: string;
  podInterfaceName?: string;
  linkState?: string;
  queueCount?: number;
}

export interface VolumeStatus {
  name: string;
  target: string;
  size?: number;
  persistentVolumeClaimInfo?: Record<string, unknown>;
  [field: string]: unknown;
}

export interface Pod extends KubeObject {
  spec: { nodeName?: string; containers: unknown[]; [field: string]: unknown };
  status?: PodStatus;
}

export interface PodStatus {
  phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  conditions?: Condition[];
  containerStatuses?: { name: string; ready: boolean; state?: { running?: object; terminated?: object } }[];
  podIP?: string;
  qosClass?: string;
}

export interface Claim extends KubeObject {
  spec: {
    accessModes?: string[];
    volumeMode?: string;
    volumeName?: string;
    storageClassName?: string;
    resources?: { requests?: Record<string, string> };
  };
  status?: { phase?: string; capacity?: Record<string, string> };
}

export interface PersistentVolume extends KubeObject {
  spec: { csi?: { driver: string; volumeHandle: string } };
}

export interface DataVolume extends KubeObject {
  spec: Record<string, unknown>;
  status?: { phase?: string; conditions?: Condition[] };
}
