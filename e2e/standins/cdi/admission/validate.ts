import { isDeepStrictEqual } from 'node:util';
import type { ClaimSpec } from '../../storage/objects.ts';
import { parseQuantity } from '../../storage/quantity.ts';
import type { CdiCaches } from '../cdi.ts';
import { isPopulatedFor, mayAdopt } from '../datavolume/adoption.ts';
import { cloneOrigin, type DataVolume, type DataVolumeSpec } from '../objects.ts';
import { MEBIBYTE } from '../sizes.ts';
import { Refusal, type Review } from './review.ts';

/** What datavolume-validate refuses, check by check in its order. */
export function validate(caches: CdiCaches, { request }: Review<DataVolume>): void {
  const volume = request.object;
  if (request.operation === 'UPDATE') refuseChange(volume, request.oldObject!);
  if (request.operation === 'CREATE') refuseTakenName(caches, request.namespace, volume);
  checkTemplate(volume);
}

function refuseChange({ spec }: DataVolume, { spec: old }: DataVolume): void {
  if (isDeepStrictEqual(normal(spec), normal(old))) return;
  throw new Refusal('DataVolume.Spec', 'Cannot update DataVolume Spec', 'FieldValueDuplicate');
}

/** Two specs that differ in empty fields only are equal in Go. */
function normal({ storage, ...spec }: DataVolumeSpec): object {
  return JSON.parse(JSON.stringify({ ...spec, storage: storage && { resources: {}, ...storage } }));
}

function refuseTakenName({ claims }: CdiCaches, namespace: string, volume: DataVolume): void {
  const claim = claims.get(namespace, volume.metadata.name);
  if (claim === undefined || isPopulatedFor(claim, volume) || mayAdopt(claim, volume)) return;
  const owner = claim.metadata.ownerReferences?.find(({ controller }) => controller);
  if (owner?.kind === 'DataVolume') return;
  const message = `Destination PVC ${namespace}/${claim.metadata.name} already exists`;
  throw new Refusal('DataVolume.Name', message, 'FieldValueDuplicate');
}

function checkTemplate(volume: DataVolume): void {
  const { pvc, storage } = volume.spec;
  if (pvc && storage) {
    throw new Refusal('spec.PVC', 'Duplicate storage definition, both target storage and target pvc defined');
  }
  const template = pvc ?? storage;
  if (template === undefined) throw new Refusal('spec.PVC', 'Missing Data volume PVC');
  const kind = pvc ? 'PVC' : 'Storage';
  checkSize(volume, template, kind);
  checkAccessModes(template, pvc !== undefined);
  if (template.dataSource || template.dataSourceRef) checkPopulation(volume.spec, template);
  else checkSource(volume.spec);
}

function checkSize(volume: DataVolume, { resources }: ClaimSpec, kind: 'PVC' | 'Storage'): void {
  const field = `spec.${kind}.resources.requests.size`;
  const size = resources?.requests?.storage;
  if (size === undefined) {
    if (kind === 'PVC' || cloneOrigin(volume) === undefined)
      throw new Refusal(field, `${kind} size is missing`);
    return;
  }
  const bytes = parseQuantity(String(size));
  if (bytes <= 0) throw new Refusal(field, `${kind} size can't be equal or less than zero`);
  if (bytes < MEBIBYTE) throw new Refusal(field, `${kind} size should be at least 1MiB`);
}

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

function checkAccessModes({ accessModes: asked = [] }: ClaimSpec, isClaim: boolean): void {
  const field = 'spec.PVC.accessModes';
  if (isClaim && asked.length === 0) {
    throw new Refusal(field, 'Required value: at least 1 access mode is required');
  }
  if (isClaim && asked.length > 1) throw new Refusal(field, 'PVC multiple accessModes');
  if (asked.every((mode) => accessModes.includes(mode))) return;
  const supported = accessModes.map((mode) => `"${mode}"`).join(', ');
  throw new Refusal(field, `Unsupported value: "${asked[0]}": supported values: ${supported}`);
}

function checkPopulation(
  { source, sourceRef }: DataVolumeSpec,
  { dataSource, dataSourceRef }: ClaimSpec,
): void {
  if (source || sourceRef) {
    throw new Refusal('spec.source', 'External population is incompatible with Source and SourceRef');
  }
  // The real one compares two types of its own, which are never equal.
  if (dataSource && dataSourceRef) throw new Refusal('', 'DataSourceRef and DataSource must match');
  if (dataSourceRef?.namespace) {
    throw new Refusal('spec.dataSourceRef.namespace', 'Invalid value: DataSourceRef namespace not supported');
  }
  const reference = dataSourceRef ?? dataSource!;
  const name = dataSourceRef ? 'DataSourceRef' : 'DataSource';
  if (!reference.name) throw new Refusal('spec.dataSourceRef.name', `Required value: ${name} name`);
  if (!reference.kind) throw new Refusal('spec.dataSourceRef.kind', `Required value: ${name} kind`);
  if (reference.apiGroup || reference.kind === 'PersistentVolumeClaim') return;
  const message = `Required value: ${name} apiGroup when kind is not 'PersistentVolumeClaim'`;
  throw new Refusal('spec.dataSourceRef.apiGroup', message);
}

function checkSource({ source, sourceRef }: DataVolumeSpec): void {
  if ((source === undefined) === (sourceRef === undefined)) {
    const message = 'Data volume should have either Source or SourceRef, or be externally populated';
    throw new Refusal('spec.source', message);
  }
  const sources = Object.values(source ?? {}).filter((each) => each !== undefined && each !== null);
  if (sources.length > 1) throw new Refusal('spec.source', 'Multiple Data volume sources');
  if (source && sources.length === 0) throw new Refusal('spec.source', 'Missing Data volume source');
}
