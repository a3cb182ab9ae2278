/** Environments, their captures, and what is seen of these. */
import type { VolumeSnapshot, VolumeSnapshotContent } from '../cluster/kinds.generated.ts';
import { finalizers } from '../names.ts';
import type { ObservedCapture } from '../observe/environment-snapshot.ts';
import type { CaptureStorage } from '../plan/capture/disks.ts';
import { type Attempt, type CapturedEnvironment, disksOf, type Verdict } from '../plan/capture/model.ts';
import { Environment, type EnvironmentSpec } from '../schema/environment.ts';
import type { EnvironmentObject, EnvironmentSnapshotObject } from '../schema/index.ts';
import { aMachine } from './machines.ts';

/** When everything happens: the tests' clocks start here. */
export const noon = Date.parse('2026-11-21T12:00:00Z');

/** RFC 3339, so many milliseconds after noon. */
export const at = (ms: number) => new Date(noon + ms).toISOString();

type ApplicationInput = { name: string } & Partial<EnvironmentSpec['applications'][number]>;

/** Applications of an Environment's spec with its defaults; each selects the VMs labelled `app: <its name>`. */
export function applications(...some: readonly ApplicationInput[]): EnvironmentSpec['applications'] {
  const given = some.map((each) => ({ virtualMachines: { matchLabels: { app: each.name } }, ...each }));
  return Environment.spec.parse({ applications: given }).applications;
}

/** An Environment `shop` with one application `db`. */
export function anEnvironment(spec: Partial<EnvironmentSpec> = {}): EnvironmentObject {
  const parsed = Environment.spec.parse({ applications: applications({ name: 'db' }), ...spec });
  return {
    apiVersion: 'envclone.io/v1alpha1',
    kind: 'Environment',
    metadata: { name: 'shop', namespace: 'production', uid: 'uid-of-shop', generation: 1 },
    spec: parsed,
  };
}

/** One VM `db` that runs one application `db`. */
export function aCapture(more: Partial<CapturedEnvironment> = {}): CapturedEnvironment {
  return {
    environment: 'shop',
    applications: applications({ name: 'db' }),
    coLocated: 'Reject',
    machines: [aMachine('db')],
    services: [],
    ...more,
  };
}

export const accepted: Verdict = {
  outcome: 'Accepted',
  achieved: at(2_000),
  skewMs: 2_500,
  consistency: 'BestEffort',
};

/** The first attempt, begun at noon; without a verdict unless one is given. */
export function anAttempt(more: Partial<Attempt> = {}): Attempt {
  return {
    attempt: 1,
    requested: at(0),
    captured: aCapture(),
    groups: [],
    revision: 'nightly-1-table',
    ...more,
  };
}

export function aSnapshot(more: Partial<EnvironmentSnapshotObject> = {}): EnvironmentSnapshotObject {
  return {
    apiVersion: 'envclone.io/v1alpha1',
    kind: 'EnvironmentSnapshot',
    spec: { environment: 'shop', applications: [] },
    ...more,
    metadata: {
      name: 'nightly',
      namespace: 'production',
      uid: 'uid-of-nightly',
      generation: 1,
      finalizers: [finalizers.capture],
      ...more.metadata,
    },
  };
}

export const noStorage: CaptureStorage = {
  snapshots: new Map(),
  groupSnapshots: new Map(),
  contents: new Map(),
  groupContents: new Map(),
};

/** A capture as it is seen before its first attempt. */
export function observedCapture(more: Partial<ObservedCapture> = {}): ObservedCapture {
  return {
    snapshot: aSnapshot(),
    environment: anEnvironment(),
    attempts: [],
    storage: noStorage,
    labelledClaims: [],
    live: [],
    classes: { snapshot: [], group: [] },
    services: [],
    ...more,
  };
}

/** Storage in which every single disk of the attempt is cut, one second after noon, and ready. */
export function cutStorage(
  attempt: Attempt,
  content: (claim: string) => Partial<NonNullable<VolumeSnapshotContent['status']>> = () => ({}),
): CaptureStorage {
  const singles = disksOf(attempt.captured).filter(({ cut }) => cut.by === 'VolumeSnapshot');
  const snapshots = singles.map(({ cut, claim }): [string, VolumeSnapshot] => [
    cut.name,
    {
      metadata: { name: cut.name, namespace: 'production', uid: `uid-of-${cut.name}` },
      spec: { source: { persistentVolumeClaimName: claim } },
    },
  ]);
  const contents = singles.map(({ cut, claim, driver }): [string, VolumeSnapshotContent] => [
    `uid-of-${cut.name}`,
    {
      metadata: { name: `content-of-${cut.name}` },
      spec: {
        driver,
        deletionPolicy: 'Delete',
        source: {},
        volumeSnapshotRef: { name: cut.name, namespace: 'production', uid: `uid-of-${cut.name}` },
      },
      status: {
        creationTime: (noon + 1_000) * 1e6,
        snapshotHandle: `handle-of-${claim}`,
        readyToUse: true,
        ...content(claim),
      },
    },
  ]);
  return { ...noStorage, snapshots: new Map(snapshots), contents: new Map(contents) };
}
