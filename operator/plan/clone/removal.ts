/** Taking a clone down: VMs in reverse order, then their disks, then what the disks were made from. */
import {
  dataVolumes,
  environmentSnapshots,
  networkPolicies,
  persistentVolumeClaims,
  pods,
  services,
  type VirtualMachine,
  virtualMachines,
  volumeSnapshotContents,
  volumeSnapshots,
} from '../../cluster/kinds.generated.ts';
import type { Kind, KubeObject } from '../../cluster/objects.ts';
import { annotations, labels } from '../../names.ts';
import type { ObservedClone } from '../../observe/environment-clone.ts';
import type { Step } from '../steps.ts';
import { isMadeFor } from './claim-maker.ts';
import type { CloneContext } from './context.ts';
import { releaseSnapshot } from './snapshot-protection.ts';
import { isOwnCapture, unpin } from './source.ts';

export interface Removal {
  readonly steps: readonly Step[];
  /** Nothing is left but what goes with the EnvironmentClone itself. */
  readonly finished: boolean;
  /** What it waits for, for a person. */
  readonly waitingFor: string;
}

export function planRemoval(observed: ObservedClone, context: CloneContext): Removal {
  const { machines, binders, dataVolumes: volumes, claims, snapshots, contents } = observed.children;
  if (machines.length > 0) return waitFor('VMs', deleteLastTier(machines), machines);
  const disks = [
    ...deleteEach(pods, binders),
    ...deleteEach(dataVolumes, volumes),
    // One that is deleted before its DataVolume is made again; with it, it goes.
    ...deleteEach(
      persistentVolumeClaims,
      claims.filter((claim) => !volumes.some((volume) => isMadeFor(claim, volume))),
    ),
  ];
  // A snapshot that is deleted while a claim is made from it and the claim hold each other up for ever.
  if (binders.length + volumes.length + claims.length > 0)
    return waitFor('disks', disks, [...binders, ...volumes, ...claims]);
  const rest = [
    ...deleteAll(volumeSnapshots, snapshots, context, context.targetNamespace),
    ...snapshots.flatMap((snapshot) => releaseSnapshot(snapshot, observed.target.claims.values())),
    ...deleteAll(volumeSnapshotContents, contents, context),
    ...deleteEach(services, observed.children.services),
    ...deleteEach(networkPolicies, observed.children.policies),
    ...unpin(observed.snapshot, context),
    ...deleteOwnCapture(observed),
  ];
  const left = [...snapshots, ...contents];
  if (rest.length > 0 || left.length > 0) return waitFor('snapshots', rest, left);
  return { steps: [], finished: true, waitingFor: '' };
}

/** Only the VMs that no other VM of the clone may still depend on. */
function deleteLastTier(machines: readonly VirtualMachine[]): readonly Step[] {
  const tierOf = (machine: VirtualMachine) => Number(machine.metadata.annotations?.[annotations.tier] ?? 0);
  const last = Math.max(...machines.map(tierOf));
  return deleteEach(
    virtualMachines,
    machines.filter((machine) => tierOf(machine) === last),
  );
}

function deleteEach(kind: Kind, objects: readonly KubeObject[]): readonly Step[] {
  return objects
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .map(({ metadata: { namespace, name, uid } }) => ({
      step: 'delete',
      kind,
      key: { namespace, name },
      uid,
      propagation: 'Background',
    }));
}

/** One request for all of them. */
export function deleteAll(
  kind: Kind,
  objects: readonly KubeObject[],
  { clone }: CloneContext,
  namespace?: string,
): readonly Step[] {
  if (objects.every(({ metadata }) => metadata.deletionTimestamp)) return [];
  return [{ step: 'deleteAll', kind, namespace, labelSelector: `${labels.clone}=${clone.metadata.uid}` }];
}

function deleteOwnCapture({ clone, snapshot }: ObservedClone): readonly Step[] {
  if (!snapshot || !isOwnCapture(snapshot, clone)) return [];
  return deleteEach(environmentSnapshots, [snapshot]);
}

function waitFor(what: string, steps: readonly Step[], objects: readonly KubeObject[]): Removal {
  const names = objects.slice(0, 3).map(({ metadata }) => metadata.name);
  const more = objects.length > names.length ? ` and ${objects.length - names.length} more` : '';
  return { steps, finished: false, waitingFor: `${what} to go: ${names.join(', ')}${more}` };
}
