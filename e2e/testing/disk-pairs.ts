/** Which file of the stand-ins' storage holds each disk of a clone, and which holds what was captured of it. */
import { join } from 'node:path';
import type { ClusterClient } from '../../operator/cluster/index.ts';
import {
  environmentSnapshots,
  persistentVolumeClaims,
  persistentVolumes,
  type VirtualMachine,
  virtualMachines,
  volumeGroupSnapshotContents,
  volumeGroupSnapshots,
  volumeSnapshotContents,
  volumeSnapshots,
} from '../../operator/cluster/kinds.generated.ts';
import { labels } from '../../operator/names.ts';
import type { EnvironmentCloneObject } from '../../operator/schema/index.ts';

export interface DiskPair {
  /** Names in the source. */
  readonly vm: string;
  readonly claim: string;
  /** Place among the VM's disks, from 0. */
  readonly disk: number;
  /** The VMs whose records come before this VM's. */
  readonly writesAfter: readonly string[];
  /** Path of the clone's disk, on which its guest may be writing. */
  readonly clone: string;
  /** Path of the storage's snapshot, which nothing changes any more. */
  readonly captured: string;
}

/** Every disk of a clone whose source VMs still exist; `directory` is that of the stand-ins. */
export async function pairDisks(
  client: ClusterClient,
  clone: EnvironmentCloneObject,
  directory: string,
): Promise<readonly DiskPair[]> {
  const { namespace, uid } = clone.metadata;
  const sourceNamespace = clone.spec.source.namespace ?? namespace;
  const { items } = await client.list(virtualMachines, {
    namespace,
    labelSelector: `${labels.clone}=${uid}`,
  });
  const [sourceHandles, cloneHandles, snapshotHandles] = await Promise.all([
    volumeHandles(client, sourceNamespace),
    volumeHandles(client, namespace),
    capturedHandles(client, clone),
  ]);
  const pairs = items.map(async (machine) => {
    const source = await sourceOf(client, machine, sourceNamespace);
    const own = new Map(claimsOf(machine));
    return claimsOf(source).map(
      ([volume, claim], disk): DiskPair => ({
        vm: source.metadata.name,
        claim,
        disk,
        writesAfter: writesAfter(source),
        clone: join(directory, 'volumes', known(cloneHandles, own.get(volume)), 'disk.img'),
        captured: join(
          directory,
          'snapshots',
          known(snapshotHandles, known(sourceHandles, claim)),
          'disk.img',
        ),
      }),
    );
  });
  return (await Promise.all(pairs)).flat();
}

async function sourceOf(
  client: ClusterClient,
  { metadata }: VirtualMachine,
  namespace: string | undefined,
): Promise<VirtualMachine> {
  const name = metadata.labels?.[labels.machine] ?? metadata.name;
  const source = await client.get(virtualMachines, { namespace, name });
  if (!source)
    throw new Error(`VM ${metadata.name} of the clone has no source ${namespace}/${name} any more`);
  return source;
}

/** Pairs of volume and claim, in the order in which a guest writes to them. */
function claimsOf({ spec }: VirtualMachine): readonly (readonly [string, string])[] {
  return (spec.template.spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, dataVolume }) => {
    const claim = persistentVolumeClaim?.claimName ?? dataVolume?.name;
    return claim === undefined ? [] : [[name, claim] as const];
  });
}

function writesAfter({ spec }: VirtualMachine): readonly string[] {
  const text = spec.template.metadata?.annotations?.['guest.envclone.test/writes-after'] ?? '';
  return text.split(/[\s,]+/).filter((name) => name !== '');
}

/** Handles of the volumes of a namespace, by claim. */
export async function volumeHandles(
  client: ClusterClient,
  namespace: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  const [claims, volumes] = await Promise.all([
    client.list(persistentVolumeClaims, { namespace }),
    client.list(persistentVolumes),
  ]);
  const handles = new Map(
    volumes.items.map(({ metadata, spec }) => [metadata.name, spec?.csi?.volumeHandle]),
  );
  return defined(
    claims.items.map(({ metadata, spec }) => [metadata.name, handles.get(spec?.volumeName ?? '')]),
  );
}

/** Handles of the storage's snapshots that the capture of a clone made, by the handle of the volume. */
async function capturedHandles(
  client: ClusterClient,
  clone: EnvironmentCloneObject,
): Promise<ReadonlyMap<string, string>> {
  const key = clone.status!.snapshot!;
  const snapshot = await client.get(environmentSnapshots, key);
  const selection = {
    namespace: key.namespace,
    labelSelector: `${labels.snapshot}=${snapshot?.metadata.uid}`,
  };
  const [groups, groupContents, singles, contents] = await Promise.all([
    client.list(volumeGroupSnapshots, selection),
    client.list(volumeGroupSnapshotContents),
    client.list(volumeSnapshots, selection),
    client.list(volumeSnapshotContents),
  ]);
  const uids = new Set([...groups.items, ...singles.items].map(({ metadata }) => metadata.uid));
  const members = groupContents.items
    .filter(({ spec }) => uids.has(spec.volumeGroupSnapshotRef.uid))
    .flatMap(({ status }) => status?.volumeSnapshotInfoList ?? [])
    .map(({ volumeHandle, snapshotHandle }) => [volumeHandle, snapshotHandle] as const);
  const alone = contents.items
    .filter(({ spec }) => uids.has(spec.volumeSnapshotRef.uid))
    .map(({ spec, status }) => [spec.source.volumeHandle, status?.snapshotHandle] as const);
  return defined([...members, ...alone]);
}

function defined(
  pairs: readonly (readonly [string | undefined, string | undefined])[],
): ReadonlyMap<string, string> {
  return new Map(
    pairs.filter((pair): pair is readonly [string, string] => pair[0] !== undefined && pair[1] !== undefined),
  );
}

function known(handles: ReadonlyMap<string, string>, key: string | undefined): string {
  const handle = key === undefined ? undefined : handles.get(key);
  if (handle === undefined) throw new Error(`the storage has nothing for ${key}`);
  return handle;
}
