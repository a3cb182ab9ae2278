import { describe, expect, test } from 'vitest';
import type { ClaimSpec, StorageClass } from '../storage/objects.ts';
import type { CdiCaches } from './cdi.ts';
import type { DataVolume, DataVolumeSpec, StorageProfile } from './objects.ts';
import { renderClaimSpec } from './render.ts';

const sets = [
  { accessModes: ['ReadWriteOnce'], volumeMode: 'Filesystem' },
  { accessModes: ['ReadWriteMany'], volumeMode: 'Block' },
] as const;
const profiles: Record<string, Partial<StorageProfile>> = {
  known: { status: { claimPropertySets: sets } },
  empty: { status: {} },
};
const caches = {
  classes: {
    get: (_: undefined, name: string) =>
      name in profiles ? ({ metadata: { name } } as StorageClass) : undefined,
  },
  profiles: { get: (_: undefined, name: string) => profiles[name] },
} as unknown as CdiCaches;

const snapshot = { namespace: 'n', name: 's' };

function render(spec: DataVolumeSpec): ClaimSpec {
  return renderClaimSpec({ metadata: { name: 'd', namespace: 'n' }, spec } as DataVolume, caches);
}

function storage(over: ClaimSpec, source: DataVolumeSpec['source'] = { snapshot }): ClaimSpec {
  return render({ source, storage: { storageClassName: 'known', ...over } });
}

const sized = (size: string): ClaimSpec => ({ resources: { requests: { storage: size } } });

test('a pvc is taken as it is', () => {
  const pvc = { accessModes: ['ReadWriteOnce'], ...sized('64Mi') };
  expect(render({ source: { snapshot }, pvc })).toEqual(pvc);
});

describe('a storage', () => {
  test('takes the modes it leaves out from the first set of the StorageProfile', () => {
    expect(storage({})).toMatchObject({ accessModes: ['ReadWriteOnce'], volumeMode: 'Filesystem' });
  });

  test('takes the other mode from the set that has the one it states', () => {
    expect(storage({ volumeMode: 'Block' })).toMatchObject({ accessModes: ['ReadWriteMany'] });
    expect(storage({ accessModes: ['ReadWriteMany'] })).toMatchObject({ volumeMode: 'Block' });
  });

  test('grows by the overhead of a file system, not on a block device', () => {
    const request = (spec: ClaimSpec) => spec.resources?.requests?.storage;
    expect(request(storage(sized('64Mi')))).toBe('71135396');
    expect(request(storage({ ...sized('64Mi'), volumeMode: 'Block' }))).toBe('67108864');
  });

  test('of a clone may leave its size to the source', () => {
    expect(storage({}).resources).toEqual({ requests: { storage: '0' } });
    expect(() => storage({}, { blank: {} })).toThrow('PVC Spec is not valid - missing storage size');
  });

  test.each([
    ['nowhere', 'PVC spec is missing accessMode and no storageClass to choose profile'],
    ['empty', 'no accessMode specified in StorageProfile empty'],
  ])('without modes is refused on a class that is %s', (storageClassName, message) => {
    expect(() => storage({ storageClassName })).toThrow(message);
  });
});
