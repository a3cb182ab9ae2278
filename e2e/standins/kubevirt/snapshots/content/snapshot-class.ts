import { defaultSnapshotClass } from '../../../storage/names.ts';
import type { Caches } from '../../world.ts';

/** The VolumeSnapshotClass for volumes of a StorageClass: what CDI's profile says, else its driver's (default) one. */
export function snapshotClassOf(caches: Caches, storageClassName: string | undefined): string | undefined {
  const storageClass = caches.storageClasses.get(undefined, storageClassName ?? '');
  if (storageClass === undefined) return undefined;
  const profiled = caches.storageProfiles.get(undefined, storageClass.metadata.name)?.status?.snapshotClass;
  if (profiled) return caches.snapshotClasses.get(undefined, profiled)?.metadata.name;
  const matches = caches.snapshotClasses.list().filter(({ driver }) => driver === storageClass.provisioner);
  if (matches.length < 2) return matches[0]?.metadata.name;
  const preferred = matches.find(
    ({ metadata }) => metadata.annotations?.[defaultSnapshotClass] !== undefined,
  );
  if (preferred !== undefined) return preferred.metadata.name;
  throw new Error(`${matches.length} matching VolumeSnapshotClasses for ${storageClassName}`);
}
