/** EnvironmentClones and what is seen of them. */
import type {
  PersistentVolumeClaim,
  StorageClass,
  VirtualMachine,
  VirtualMachineInstance,
} from '../cluster/kinds.generated.ts';
import { annotations, finalizers, labels } from '../names.ts';
import type { CloneChildren, ObservedClone } from '../observe/environment-clone.ts';
import { diskStates } from '../plan/capture/disks.ts';
import { type CloneContext, cloneContext } from '../plan/clone/context.ts';
import { type Desired, desire } from '../plan/clone/desired.ts';
import { EnvironmentClone } from '../schema/environment-clone.ts';
import type { EnvironmentCloneObject } from '../schema/index.ts';
import { aCapture, accepted, anAttempt, anEnvironment, aSnapshot, at, cutStorage } from './captures.ts';

export const cloneUid = '5f0c1a52-6d3e-4a88-8f0a-1de6f6f0c0de';

/** A clone `copy` of Environment production/shop into namespace `staging`, with the schema's defaults. */
export function aClone(
  spec: Record<string, unknown> = {},
  metadata: Partial<EnvironmentCloneObject['metadata']> = {},
): EnvironmentCloneObject {
  return {
    apiVersion: 'envclone.io/v1alpha1',
    kind: 'EnvironmentClone',
    metadata: {
      name: 'copy',
      namespace: 'staging',
      uid: cloneUid,
      generation: 1,
      creationTimestamp: at(0),
      finalizers: [finalizers.clone],
      ...metadata,
    },
    spec: EnvironmentClone.spec.parse({
      source: { namespace: 'production', environment: 'shop', snapshot: 'nightly' },
      ...spec,
    }),
  };
}

export function aContext(
  spec: Record<string, unknown> = {},
  metadata: Partial<EnvironmentCloneObject['metadata']> = {},
): CloneContext {
  return cloneContext(aClone(spec, metadata));
}

/** A spec that clones within the namespace of the source. */
export const sameNamespace = {
  source: { namespace: 'staging', environment: 'shop', snapshot: 'nightly' },
  names: { suffix: '-copy' },
};

export function aStorageClass(name = 'fast', more: Partial<StorageClass> = {}): StorageClass {
  return { metadata: { name }, provisioner: 'csi.example.com', volumeBindingMode: 'Immediate', ...more };
}

export function classes(...some: readonly StorageClass[]): ReadonlyMap<string, StorageClass> {
  const all = some.length > 0 ? some : [aStorageClass()];
  return new Map(all.map((each) => [each.metadata.name, each]));
}

/** What the clone should be; throws where the order has a problem. */
export function aDesire(captured = aCapture(), context = aContext(), storageClasses = classes()): Desired {
  const result = desire(captured, storageClasses, context);
  if ('problem' in result) throw new Error(result.problem);
  return result;
}

const nothing: CloneChildren = {
  machines: [],
  instances: new Map(),
  claims: [],
  snapshots: [],
  contents: [],
  dataVolumes: [],
  binders: [],
  services: [],
  policies: [],
};

type ObservedParts = Partial<Omit<ObservedClone, 'children' | 'target'>> & {
  readonly children?: Partial<CloneChildren>;
  readonly target?: Partial<ObservedClone['target']>;
};

/** A clone whose capture is accepted and pinned and whose questions are answered; nothing is made yet. */
export function observedClone(more: ObservedParts = {}): ObservedClone {
  const clone = more.clone ?? aClone();
  const attempt = 'attempt' in more ? more.attempt : anAttempt({ verdict: accepted });
  const machines = new Map((more.children?.machines ?? []).map((each) => [each.metadata.name, each]));
  const claims = new Map((more.children?.claims ?? []).map((each) => [each.metadata.name, each]));
  return {
    environment: anEnvironment({ allowClonesFrom: {}, allowCaptureFrom: {} }),
    targetLabels: {},
    applications: [],
    snapshot: aSnapshot({
      metadata: {
        name: 'nightly',
        finalizers: [finalizers.capture, `envclone.io/clone-${clone.metadata.uid}`],
      },
      status: { phase: 'Complete' },
    }),
    disks: attempt ? diskStates(attempt, cutStorage(attempt)) : [],
    selectors: [],
    storageClasses: classes(),
    admission: [],
    ...more,
    clone,
    attempt,
    children: { ...nothing, ...more.children },
    target: { machines, claims, services: new Map(), ...more.target },
  };
}

const owned = { [labels.clone]: cloneUid };

/** A claim of the clone, which has kept its source. */
export function aClaim(name: string, phase: 'Pending' | 'Bound' = 'Bound'): PersistentVolumeClaim {
  return {
    metadata: {
      name,
      namespace: 'staging',
      uid: `uid-of-${name}`,
      creationTimestamp: at(0),
      labels: owned,
    },
    spec: { dataSourceRef: { kind: 'VolumeSnapshot', name: `snapshot-of-${name}` } },
    status: { phase },
  };
}

/** A VM of the clone that was made at noon and is ready. */
export function aClonedMachine(name = 'db', more: Partial<VirtualMachine> = {}): VirtualMachine {
  return {
    status: { created: true, ready: true, printableStatus: 'Running' },
    ...more,
    metadata: {
      name,
      namespace: 'staging',
      uid: `uid-of-${name}`,
      creationTimestamp: at(0),
      labels: owned,
      annotations: { [annotations.tier]: '0' },
      ...more.metadata,
    },
    spec: { runStrategy: 'Always', template: {}, ...more.spec },
  };
}

/** The running, ready instance of a VM of the clone. */
export function anInstance(
  name = 'db',
  status: NonNullable<VirtualMachineInstance['status']> = {},
): VirtualMachineInstance {
  return {
    metadata: { name, namespace: 'staging', uid: `uid-of-instance-${name}` },
    spec: { domain: { devices: {} } },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], ...status },
  };
}

/** Every child that makes the clone of these VMs finished: bound claims, ready VMs and their instances. */
export function upAndRunning(...names: readonly string[]): Partial<CloneChildren> {
  return {
    claims: names.map((name) => aClaim(`${name}-root`)),
    machines: names.map((name) => aClonedMachine(name)),
    instances: new Map(names.map((name) => [name, anInstance(name)])),
  };
}
