/** What a recording leaves out of objects: what nobody compares, and most of what pods say. */
import type { RecordedObject } from './recording.ts';

type Fields = Record<string, unknown>;

/** Events that come and go with the machine's caches, and say nothing about the systems. */
const noisyReasons = ['Pulled', 'SuccessfulMountVolume', 'SuccessfulAttachVolume', 'Killing'];
const noisyPodReasons = ['Created', 'Started', 'Scheduled'];

/** Recordings that have pods whole. */
const withWholePods = ['vm-start', 'dv-cross-namespace'];

/** The object as the recording of that name has it; undefined where it is left out. */
export function tidied(object: RecordedObject, recording: string): RecordedObject | undefined {
  const { managedFields: _, ...metadata } = object.metadata;
  const kept = withoutNulls({ ...object, metadata }) as RecordedObject;
  if (object.kind === 'Event') return isNoise(object) ? undefined : tidiedEvent(kept);
  if (object.kind === 'ControllerRevision') return without(kept, 'data') as unknown as RecordedObject;
  if (object.kind === 'Secret') return without(kept, 'data', 'stringData') as unknown as RecordedObject;
  if (object.kind !== 'Pod') return kept;
  const pod = withoutRuntimesOwn(kept);
  return withWholePods.includes(recording) ? pod : tidiedPod(pod);
}

function isNoise({ reason, involvedObject }: RecordedObject): boolean {
  const { kind } = involvedObject as { kind?: string };
  if (noisyReasons.includes(reason as string)) return true;
  return kind === 'Pod' && noisyPodReasons.includes(reason as string);
}

function tidiedEvent({ metadata, involvedObject, ...event }: RecordedObject): RecordedObject {
  const { name, namespace } = metadata;
  const regarding = without(involvedObject as Fields, 'resourceVersion', 'apiVersion', 'uid', 'fieldPath');
  const left = ['reportingComponent', 'reportingInstance', 'eventTime', 'source', 'firstTimestamp'];
  return {
    ...without(event, ...left, 'lastTimestamp', 'count', 'action'),
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: regarding,
  };
}

/** How a runtime names images and containers, and that a container has no past, says nothing. */
function withoutRuntimesOwn({ status, ...pod }: RecordedObject): RecordedObject {
  const { containerStatuses, initContainerStatuses, ...said } = (status ?? {}) as Record<string, Fields[]>;
  return {
    ...pod,
    status: {
      ...said,
      ...(initContainerStatuses && { initContainerStatuses: initContainerStatuses.map(tidiedContainer) }),
      ...(containerStatuses && { containerStatuses: containerStatuses.map(tidiedContainer) }),
    },
  };
}

function tidiedContainer(status: Fields): Fields {
  return without(status, 'imageID', 'containerID', 'lastState');
}

const specOfPods = [
  'nodeName',
  'nodeSelector',
  'readinessGates',
  'terminationGracePeriodSeconds',
  'restartPolicy',
  'hostname',
  'subdomain',
];
const conditionsOfPods = ['Ready', 'PodScheduled', 'kubevirt.io/virtual-machine-unpaused'];

function tidiedPod({ metadata, spec, status, ...pod }: RecordedObject): RecordedObject {
  const isLauncher = metadata.name.startsWith('virt-launcher');
  const { containers = [], volumes = [], ...others } = (spec ?? {}) as Record<string, Fields[]>;
  const fields = ['name', 'image', 'readinessProbe', 'livenessProbe', ...(isLauncher ? [] : ['command'])];
  const { conditions, ...said } = without(
    (status ?? {}) as Fields,
    'initContainerStatuses',
    'hostIPs',
    'podIPs',
    'hostIP',
  );
  return {
    ...pod,
    metadata: (isLauncher ? without(metadata, 'annotations') : metadata) as RecordedObject['metadata'],
    spec: {
      ...only(others, ...specOfPods),
      containers: containers.map((container) => only(container, ...fields)),
      volumes: volumes.filter((volume) => 'persistentVolumeClaim' in volume),
    },
    status: { ...said, ...(Array.isArray(conditions) && { conditions: tidiedConditions(conditions) }) },
  } as RecordedObject;
}

function tidiedConditions(conditions: readonly Fields[]): readonly Fields[] {
  return conditions
    .filter(({ type }) => conditionsOfPods.includes(type as string))
    .map((condition) => without(condition, 'lastProbeTime', 'observedGeneration'));
}

function only(fields: Fields, ...names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

function without(fields: Fields, ...names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** A merge patch cannot hold them; they stand for absent fields only. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null)
      .map(([key, each]) => [key, withoutNulls(each)]),
  );
}
