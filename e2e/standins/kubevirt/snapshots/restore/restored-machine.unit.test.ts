import { expect, test } from 'vitest';
import { aMachine, aSpec } from '../../testing.ts';
import type { VirtualMachine, VirtualMachineSpec } from '../../types.ts';
import type { VirtualMachineRestore, VolumeRestore } from '../types.ts';
import { patched, restoredMachine } from './restored-machine.ts';

function aRestore(
  target: string,
  restores: VolumeRestore[],
  spec: Partial<VirtualMachineRestore['spec']> = {},
): VirtualMachineRestore {
  const { metadata } = aMachine();
  return {
    metadata: { ...metadata, name: 'r1', uid: 'uid-of-r1' },
    spec: { target: { kind: 'VirtualMachine', name: target }, virtualMachineSnapshotName: 's1', ...spec },
    status: { restores },
  };
}

function captured(spec: Partial<VirtualMachineSpec> = {}) {
  const { metadata, spec: whole } = aMachine(spec);
  return { metadata: { ...metadata, labels: { tier: 'db' } }, spec: whole, status: {} };
}

const onClaim = { volumeName: 'disk0', persistentVolumeClaim: 'restored', volumeSnapshotName: 'vs' };

test('a new VM is off, has labels of the old one, its volumes on the restored claims, and a mark', () => {
  const vm = restoredMachine(aRestore('new', [onClaim]), captured(), undefined);
  expect(vm.metadata).toMatchObject({
    name: 'new',
    labels: { tier: 'db' },
    annotations: { 'restore.kubevirt.io/lastRestoreUID': 'r1-uid-of-r1' },
  });
  expect(vm.spec.runStrategy).toBe('Halted');
  expect(vm.spec.template.spec.volumes).toEqual([
    { name: 'disk0', persistentVolumeClaim: { claimName: 'restored' } },
  ]);
});

test('a VM that is there keeps its run strategy and its metadata', () => {
  const target = aMachine({ runStrategy: 'Manual' });
  const vm = restoredMachine(aRestore('vm', [onClaim]), captured({ runStrategy: 'Always' }), target);
  expect(vm.spec.runStrategy).toBe('Manual');
  expect(vm.metadata).toMatchObject({ uid: target.metadata.uid });
  expect(vm.metadata.labels).toBeUndefined();
});

test('DataVolumes of templates are renamed with their volumes; others become claims', () => {
  const volumes = [
    { name: 'a', dataVolume: { name: 'made' } },
    { name: 'b', dataVolume: { name: 'found' } },
  ];
  const dataVolumeTemplates = [{ metadata: { name: 'made' }, spec: {} }];
  const spec = { dataVolumeTemplates, template: { spec: { ...aSpec(), volumes } } };
  const restores = [
    { ...onClaim, volumeName: 'a', persistentVolumeClaim: 'ra', dataVolumeName: 'ra' },
    { ...onClaim, volumeName: 'b', persistentVolumeClaim: 'rb' },
  ];
  const vm = restoredMachine(aRestore('new', restores), captured(spec), undefined);
  expect(vm.spec.dataVolumeTemplates).toMatchObject([{ metadata: { name: 'ra' } }]);
  expect(vm.spec.template.spec.volumes).toEqual([
    { name: 'a', dataVolume: { name: 'ra' } },
    { name: 'b', persistentVolumeClaim: { claimName: 'rb' } },
  ]);
});

test('patches are applied, and one that does not fit is told with the VM', () => {
  const restore = (patch: object) => aRestore('new', [], { patches: [JSON.stringify(patch)] });
  const vm: VirtualMachine = aMachine();
  const path = '/spec/runStrategy';
  expect(patched(vm, restore({ op: 'replace', path, value: 'Once' })).spec.runStrategy).toBe('Once');
  expect(() => patched(vm, restore({ op: 'remove', path: '/spec/nothing' }))).toThrow(
    'error patching VM vm: remove',
  );
});
