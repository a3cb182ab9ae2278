import { describe, expect, test } from 'vitest';
import type { Claim } from '../../storage/objects.ts';
import type { CdiCaches } from '../cdi.ts';
import type { DataVolume, DataVolumeSpec } from '../objects.ts';
import { Refusal, type Review } from './review.ts';
import { validate } from './validate.ts';

const snapshot = { namespace: 'n', name: 's' };
const fromSnapshot: DataVolumeSpec = { source: { snapshot }, storage: {} };
const pvc = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '64Mi' } } };

function volume(spec: DataVolumeSpec, annotations = {}): DataVolume {
  return { metadata: { name: 'd', namespace: 'n', uid: 'd-1', annotations }, spec } as unknown as DataVolume;
}

function refusal(request: Partial<Review<DataVolume>['request']>, claim?: object): string {
  const caches = { claims: { get: () => claim as Claim | undefined } } as unknown as CdiCaches;
  const common = {
    uid: 'u',
    operation: 'CREATE',
    namespace: 'n',
    name: 'd',
    userInfo: { username: 'alice' },
  };
  try {
    validate(caches, { request: { ...common, ...request } as Review<DataVolume>['request'] });
    return 'allowed';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return `${error.causes[0]!.field}: ${error.message}`;
  }
}

const created = (spec: DataVolumeSpec) => refusal({ object: volume(spec) });

describe('a new DataVolume', () => {
  test('with one source and one template is allowed', () => {
    expect(created(fromSnapshot)).toBe('allowed');
    expect(created({ source: { blank: {} }, pvc })).toBe('allowed');
  });

  test.each<[DataVolumeSpec, string]>([
    [{ source: { blank: {} } }, 'spec.PVC: Missing Data volume PVC'],
    [
      { ...fromSnapshot, pvc },
      'spec.PVC: Duplicate storage definition, both target storage and target pvc defined',
    ],
    [{ pvc }, 'spec.source: Data volume should have either Source or SourceRef, or be externally populated'],
    [{ source: {}, pvc }, 'spec.source: Missing Data volume source'],
    [{ source: { snapshot, blank: {} }, pvc }, 'spec.source: Multiple Data volume sources'],
    [{ source: { blank: {} }, storage: {} }, 'spec.Storage.resources.requests.size: Storage size is missing'],
    [
      { source: { blank: {} }, pvc: { ...pvc, resources: { requests: { storage: '1Ki' } } } },
      'spec.PVC.resources.requests.size: PVC size should be at least 1MiB',
    ],
    [
      { source: { blank: {} }, pvc: { ...pvc, accessModes: [] } },
      'spec.PVC.accessModes: Required value: at least 1 access mode is required',
    ],
    [
      { source: { blank: {} }, pvc: { ...pvc, accessModes: ['Once'] } },
      'spec.PVC.accessModes: Unsupported value: "Once": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
    ],
    [
      { source: { blank: {} }, pvc: { ...pvc, dataSourceRef: { kind: 'Image', name: 'x' } } },
      'spec.source: External population is incompatible with Source and SourceRef',
    ],
    [
      { pvc: { ...pvc, dataSourceRef: { kind: 'Image', name: 'x' } } },
      "spec.dataSourceRef.apiGroup: Required value: DataSourceRef apiGroup when kind is not 'PersistentVolumeClaim'",
    ],
  ])('is refused (%#)', (spec, message) => {
    expect(created(spec)).toBe(message);
  });
});

describe('a new DataVolume whose name a claim has', () => {
  const taken = (annotations: object) =>
    refusal({ object: volume(fromSnapshot, annotations) }, { metadata: { name: 'd', namespace: 'n' } });

  test('is refused', () => {
    expect(taken({})).toBe('DataVolume.Name: Destination PVC n/d already exists');
  });

  test('is allowed when it may adopt the claim', () => {
    expect(taken({ 'cdi.kubevirt.io/allowClaimAdoption': 'true' })).toBe('allowed');
  });
});

test('the spec of a DataVolume cannot be changed', () => {
  const update = (spec: DataVolumeSpec) =>
    refusal({ operation: 'UPDATE', oldObject: volume(fromSnapshot), object: volume(spec) });
  expect(update({ ...fromSnapshot, storage: { resources: {} } })).toBe('allowed');
  expect(update({ ...fromSnapshot, priorityClassName: 'high' })).toBe(
    'DataVolume.Spec: Cannot update DataVolume Spec',
  );
});
