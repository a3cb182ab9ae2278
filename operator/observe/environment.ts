/** Everything that an Environment's status tells, read into plain values. */
import { keyFrom } from '../cluster/index.ts';
import { applicationsOf } from '../plan/capture/machines.ts';
import type { EnvironmentObject, EnvironmentSnapshotObject } from '../schema/index.ts';
import { machinesOf } from './live-machines.ts';
import { indexes, type World } from './world.ts';

export interface PlacedNow {
  readonly name: string;
  readonly applications: readonly string[];
  readonly running: boolean;
}

export interface ObservedEnvironment {
  readonly environment: EnvironmentObject;
  readonly machines: readonly PlacedNow[];
  /** The newest complete capture. */
  readonly lastCapture?: EnvironmentSnapshotObject;
}

export function observeEnvironment(world: World, key: string): ObservedEnvironment | undefined {
  const { namespace, name } = keyFrom(key);
  const environment = world.environments.get(namespace, name);
  if (!environment) return undefined;
  const machines = machinesOf(world, namespace!, environment.spec.applications).map((machine) => ({
    name: machine.metadata.name,
    applications: applicationsOf(machine, environment.spec.applications),
    running: world.instances.get(namespace, machine.metadata.name)?.status?.phase === 'Running',
  }));
  const captures = world.snapshots
    .byIndex(indexes.namespace, namespace!)
    .filter((snapshot) => snapshot.spec.environment === name && snapshot.status?.phase === 'Complete')
    .toSorted((one, other) => achievedOf(other) - achievedOf(one));
  return { environment, machines, lastCapture: captures[0] };
}

function achievedOf(snapshot: EnvironmentSnapshotObject): number {
  return Date.parse(snapshot.status?.pointInTime?.achieved ?? '') || 0;
}
