import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as kinds from '../cluster/kinds.generated.ts';
import { readDefinitions } from './crd-files.ts';
import { generateKinds } from './kinds.ts';

const foreign = readDefinitions(fileURLToPath(new URL('../../e2e/crds', import.meta.url)));

describe('generateKinds', () => {
  it('names each kind by its plural', () => {
    expect(kinds.volumeGroupSnapshotClasses.kind).toBe('VolumeGroupSnapshotClass');
    expect(kinds.networkPolicies.plural).toBe('networkpolicies');
    expect(kinds.virtualMachineActions.group).toBe('subresources.kubevirt.io');
  });

  it('knows from the CRD which kinds live in a namespace', () => {
    expect(kinds.volumeSnapshots.namespaced).toBe(true);
    expect(kinds.volumeSnapshotContents.namespaced).toBe(false);
  });

  it('fails when the CRD of a kind that is used does not serve its version', () => {
    const older = foreign.map((crd) => {
      const versions = crd.spec.versions.map((version) => ({ ...version, name: 'v1alpha1' }));
      return crd.spec.names.kind === 'DataVolume' ? { ...crd, spec: { ...crd.spec, versions } } : crd;
    });
    expect(() => generateKinds(older)).toThrow(
      'no CustomResourceDefinition for cdi.kubevirt.io/v1beta1 DataVolume',
    );
  });
});
