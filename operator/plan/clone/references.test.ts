import { describe, expect, it } from 'vitest';
import { aContext, aMachine, aMachineSpec, flatten, sameNamespace, told } from '../../testing/index.ts';
import { checkReferences, copyReferences } from './references.ts';

const volumes = [
  {
    name: 'a',
    cloudInitNoCloud: { secretRef: { name: 'user-data' }, networkDataSecretRef: { name: 'network' } },
  },
  { name: 'b', cloudInitConfigDrive: { secretRef: { name: 'user-data' } } },
  { name: 'c', sysprep: { configMap: { name: 'unattend' } } },
  { name: 'd', secret: { secretName: 'maybe', optional: true } },
  { name: 'e', configMap: { name: 'settings' } },
  { name: 'f', serviceAccount: { serviceAccountName: 'robot' } },
  { name: 'g', containerDisk: { image: 'example.com/tools', imagePullSecret: 'pull' } },
] as never;
const sizes = {
  instancetype: { name: 'large', kind: 'VirtualMachineInstancetype' },
  preference: { name: 'linux' },
};
const machine = aMachine('db', { spec: aMachineSpec('db', { volumes }, sizes) });

describe('what a VM cannot start without', () => {
  it('is copied once each, from the namespace of the source; what is of the whole cluster is not', () => {
    expect(told(copyReferences(machine, aContext()))).toEqual([
      'copy Secret production/user-data to staging',
      'copy Secret production/network to staging',
      'copy Secret production/pull to staging',
      'copy Secret production/maybe to staging',
      'copy ConfigMap production/unattend to staging',
      'copy ConfigMap production/settings to staging',
      'copy ServiceAccount production/robot to staging',
      'copy VirtualMachineInstancetype production/large to staging',
    ]);
  });

  it('is copied without what makes it the source own: a service account loses its secrets', () => {
    const steps = flatten(copyReferences(machine, aContext()));
    const fieldsOf = (kind: string) =>
      steps.flatMap((step) => (step.step === 'copy' && step.kind.kind === kind ? [step.fields] : []))[0];
    expect(fieldsOf('ServiceAccount')).toEqual(['automountServiceAccountToken']);
    expect(fieldsOf('Secret')).toEqual(['type', 'data', 'immutable']);
  });

  it('is there already in the namespace of the source', () => {
    expect(copyReferences(machine, aContext(sameNamespace))).toEqual([]);
  });

  it('finding A6, B §9.12, D Waiting: is looked for before anything is made, and its name in the target is tried', () => {
    const asked = told(checkReferences([machine], aContext()));
    expect(asked).toContain('look for Secret production/user-data');
    expect(asked).toContain('dry run of Secret staging/user-data');
    expect(asked).toContain('look for VirtualMachineClusterPreference linux');
    expect(asked.join()).not.toContain('maybe');
  });
});
