import { type Controller, runController, type Source, source } from '../../kube/controller.ts';
import { EventRecorder } from '../../kube/events.ts';
import { joinKey, type KubeObject } from '../../kube/objects.ts';
import type { VolumeSnapshot } from '../../storage/objects.ts';
import type { Claim } from '../types.ts';
import type { World } from '../world.ts';
import { reconcileClone } from './clone/reconcile.ts';
import { reconcileContent } from './content/reconcile.ts';
import type { SnapshotContext } from './context.ts';
import { RESTORE_NAME } from './restore/names.ts';
import { reconcileRestore } from './restore/reconcile.ts';
import { reconcileSnapshot } from './snapshot/reconcile.ts';
import type { VirtualMachineSnapshotContent } from './types.ts';

/** Runs KubeVirt's controllers for snapshots of VMs, their contents, restores and clones until aborted. */
export async function runSnapshots(world: World): Promise<void> {
  const { signal } = world.context;
  const controllers = [snapshots(world), contents(world), restores(world), clones(world)];
  await Promise.all(controllers.map((controller) => runController({ ...BACK_OFF, ...controller, signal })));
}

type Parts = Pick<Controller, 'name' | 'sources' | 'reconcile'>;

const BACK_OFF = { concurrency: 16, backOff: { first: 20, longest: 60_000 } };

function contextFor(world: World, reportsAs: string): SnapshotContext {
  const { client } = world.controller;
  return { world, client, caches: world.caches, events: new EventRecorder(client, reportsAs) };
}

function snapshots(world: World): Parts {
  const { vmSnapshots, vmSnapshotContents, vms, vmis } = world.caches;
  const ofMachine = ({ metadata }: KubeObject) =>
    vmSnapshots
      .list(metadata.namespace)
      .filter(({ spec }) => spec.source.name === metadata.name)
      .map(key);
  const ofContent = ({ metadata, spec }: VirtualMachineSnapshotContent) => [
    joinKey(metadata.namespace, spec.virtualMachineSnapshotName ?? ''),
  ];
  const context = contextFor(world, 'snapshot-controller');
  return {
    name: 'virt-controller vmsnapshot',
    sources: [
      source(vmSnapshots),
      source(vmSnapshotContents, ofContent),
      source(vms, ofMachine),
      source(vmis, ofMachine),
    ],
    reconcile: (name) => reconcileSnapshot(context, name),
  };
}

function contents(world: World): Parts {
  const { vmSnapshots, vmSnapshotContents, volumeSnapshots } = world.caches;
  const holding = (snapshot: VolumeSnapshot) =>
    (snapshot.metadata.ownerReferences ?? [])
      .filter(({ kind }) => kind === 'VirtualMachineSnapshotContent')
      .map(({ name }) => joinKey(snapshot.metadata.namespace, name));
  // A content that goes with its snapshot is deleted first; one that stays is let go of when the snapshot has gone.
  const leftBehind: Source = {
    subscribe: (enqueue) =>
      vmSnapshots.onChange((type, { metadata }) => {
        if (type !== 'deleted') return;
        const left = vmSnapshotContents
          .list(metadata.namespace)
          .filter(({ spec }) => spec.virtualMachineSnapshotName === metadata.name);
        left.map(key).forEach(enqueue);
      }),
  };
  const context = contextFor(world, 'snapshot-controller');
  return {
    name: 'virt-controller vmsnapshotcontent',
    sources: [source(vmSnapshotContents), leftBehind, source(volumeSnapshots, holding)],
    reconcile: (name) => reconcileContent(context, name),
  };
}

function restores(world: World): Parts {
  const { vmRestores, vms, claims, dataVolumes } = world.caches;
  const madeFor = ({ metadata }: KubeObject) => {
    const restore = metadata.annotations?.[RESTORE_NAME];
    return restore === undefined ? [] : [joinKey(metadata.namespace, restore)];
  };
  const ofTarget = ({ metadata }: KubeObject) =>
    vmRestores
      .list(metadata.namespace)
      .filter(({ spec }) => spec.target.name === metadata.name)
      .map(key);
  const context = contextFor(world, 'restore-controller');
  return {
    name: 'virt-controller vmrestore',
    sources: [
      source(vmRestores),
      source(claims, madeFor),
      source(dataVolumes, madeFor),
      source(vms, ofTarget),
    ],
    reconcile: (name) => reconcileRestore(context, name),
  };
}

function clones(world: World): Parts {
  const { vmClones, vmSnapshots, vmRestores, vms, claims } = world.caches;
  const waiting = (object: KubeObject) =>
    vmClones
      .list(object.metadata.namespace)
      .filter(({ spec, status }) => {
        const names = [spec.source.name, spec.target?.name, status?.snapshotName, status?.restoreName];
        return names.includes(object.metadata.name);
      })
      .map(key);
  const ofClaim = ({ metadata }: Claim) => {
    const restore = metadata.annotations?.[RESTORE_NAME];
    return vmClones
      .list(metadata.namespace)
      .filter(({ status }) => restore !== undefined && status?.restoreName === restore)
      .map(key);
  };
  const context = contextFor(world, 'clone-controller');
  return {
    name: 'virt-controller vmclone',
    sources: [
      source(vmClones),
      source(vmSnapshots, waiting),
      source(vmRestores, waiting),
      source(vms, waiting),
      source(claims, ofClaim),
    ],
    reconcile: (name) => reconcileClone(context, name),
  };
}

function key({ metadata }: KubeObject): string {
  return joinKey(metadata.namespace, metadata.name);
}
