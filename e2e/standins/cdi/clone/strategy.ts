import { annotation } from '../../kube/objects.ts';
import { defaultSnapshotClass } from '../../storage/names.ts';
import type { Claim, StorageClass } from '../../storage/objects.ts';
import { parseQuantity } from '../../storage/quantity.ts';
import type { Cdi } from '../cdi.ts';
import { permissiveClone } from '../names.ts';
import type { CloneSource } from '../objects.ts';

export type Strategy = 'snapshot' | 'csi-clone' | 'copy';

export interface Choice {
  readonly strategy: Strategy;
  /** Why it is a host-assisted copy. */
  readonly fallback?: string;
}

const reasons = {
  NoVolumeSnapshotClass: 'No matching VolumeSnapshotClass found',
  IncompatibleVolumeModes: 'The volume modes of source and target are incompatible',
  NoVolumeExpansion: 'No support for volume expansion',
  NoProvisionerMatch: "The storage class provisioner doesn't match the snapshot driver",
  IncompatibleProvisioners: 'Provisioners are incompatible',
} as const;

/** How CDI clones a source into a claim; `undefined` while the source is not there. */
export function chooseStrategy(cdi: Cdi, claim: Claim, source: CloneSource): Choice | undefined {
  const storageClass = cdi.caches.classes.get(undefined, claim.spec.storageClassName ?? '');
  if (storageClass === undefined) throw new Error('target storage class not found');
  const { kind } = source.spec.source;
  if (kind === 'VolumeSnapshot') return fromSnapshot(cdi, claim, source, storageClass);
  if (kind === 'PersistentVolumeClaim') return fromClaim(cdi, claim, source, storageClass);
  throw new Error('unsupported datasource');
}

/** Where a snapshot cannot be cloned by its driver, CDI copies it; a StorageProfile's strategy is not asked. */
function fromSnapshot(
  cdi: Cdi,
  claim: Claim,
  source: CloneSource,
  storageClass: StorageClass,
): Choice | undefined {
  const { namespace } = source.metadata;
  const { name } = source.spec.source;
  const snapshot = cdi.caches.snapshots.get(namespace, name);
  if (snapshot === undefined) return missing(cdi, claim, 'snapshot', name);
  const contentName = snapshot.status?.boundVolumeSnapshotContentName;
  if (contentName === undefined) throw new Error('volumeSnapshotContent name not found');
  const content = cdi.caches.contents.get(undefined, contentName);
  if (content === undefined) {
    throw new Error(`volumesnapshotcontents.snapshot.storage.k8s.io "${contentName}" not found`);
  }
  if (content.spec.driver !== storageClass.provisioner) return fallBack(cdi, claim, 'NoProvisionerMatch');
  const grows = parseQuantity(snapshot.status?.restoreSize ?? '0') < requestOf(claim);
  if (grows && !storageClass.allowVolumeExpansion) return fallBack(cdi, claim, 'NoVolumeExpansion');
  const { sourceVolumeMode } = content.spec;
  if (sourceVolumeMode && sourceVolumeMode !== claim.spec.volumeMode) {
    return fallBack(cdi, claim, 'IncompatibleVolumeModes');
  }
  return { strategy: 'snapshot' };
}

function fromClaim(
  cdi: Cdi,
  claim: Claim,
  source: CloneSource,
  storageClass: StorageClass,
): Choice | undefined {
  const { name } = source.spec.source;
  const original = cdi.caches.claims.get(source.metadata.namespace, name);
  if (original === undefined) return missing(cdi, claim, 'pvc', name);
  checkSize(cdi, claim, original);
  const profile = cdi.caches.profiles.get(undefined, storageClass.metadata.name);
  const strategy = profile?.status?.cloneStrategy ?? 'snapshot';
  const driver = driverOf(cdi, original);
  const common = driver === storageClass.provisioner;
  if (strategy === 'snapshot') {
    const snapshotClass = common ? snapshotClassOf(cdi, storageClass.provisioner) : undefined;
    if (snapshotClass === undefined) return fallBack(cdi, claim, 'NoVolumeSnapshotClass');
    const message = `VolumeSnapshotClass selected according to StorageProfile ${snapshotClass}`;
    cdi.events.recordEvent(claim, 'Normal', 'VolumeSnapshotClassSelected', message);
  }
  if (strategy === 'copy') return { strategy };
  if (!common) return fallBack(cdi, claim, 'IncompatibleProvisioners');
  if (original.spec.volumeMode !== claim.spec.volumeMode)
    return fallBack(cdi, claim, 'IncompatibleVolumeModes');
  return { strategy };
}

/** What is smaller than its source is no clone, unless the image on it was measured and fits. */
function checkSize({ events }: Cdi, claim: Claim, original: Claim): void {
  const [requested, needed] = [requestOf(claim), requestOf(original)];
  if (annotation(claim, permissiveClone) !== undefined || requested >= needed) return;
  const why = `target resources requests storage size is smaller than the source ${requested} < ${needed}`;
  events.recordEvent(claim, 'Warning', 'ErrIncompatiblePVC', why);
  const message = "The clone doesn't meet the validation requirements";
  events.recordEvent(claim, 'Warning', 'CloneValidationFailed', message);
  throw new Error(why);
}

function missing({ events }: Cdi, claim: Claim, kind: string, name: string): undefined {
  events.recordEvent(claim, 'Warning', 'CloneWithoutSource', `The source ${kind} ${name} doesn't exist`);
  return undefined;
}

function fallBack({ events }: Cdi, claim: Claim, reason: keyof typeof reasons): Choice {
  events.recordEvent(claim, 'Warning', reason, reasons[reason]);
  return { strategy: 'copy', fallback: reasons[reason] };
}

function driverOf({ caches }: Cdi, claim: Claim): string | undefined {
  const volume = caches.volumes.get(undefined, claim.spec.volumeName ?? '');
  if (volume?.spec.csi) return volume.spec.csi.driver;
  return caches.classes.get(undefined, claim.spec.storageClassName ?? '')?.provisioner;
}

/** The class that CDI takes snapshots of a driver's claims with: the default one, else the first by name. */
export function snapshotClassOf({ caches }: Cdi, driver: string): string | undefined {
  const classes = caches.snapshotClasses.list().filter((each) => each.driver === driver);
  const byName = classes.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const chosen = byName.find((each) => annotation(each, defaultSnapshotClass) === 'true') ?? byName[0];
  return chosen?.metadata.name;
}

export function requestOf({ spec }: Claim): number {
  return parseQuantity(spec.resources?.requests?.storage ?? '0');
}
