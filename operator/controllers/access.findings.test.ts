/** What the operator must never ask of KubeVirt and CDI, it has no right to: its role is generated from this list. */
import { describe, expect, it } from 'vitest';
import { policyRules } from '../generate/rbac.ts';
import { access } from './access.ts';

const granted = policyRules(access).flatMap(({ apiGroups, resources, verbs }) =>
  apiGroups.flatMap((group) => resources.map((resource) => ({ group, resource, verbs: verbs.toSorted() }))),
);
const resourcesOf = (group: string) =>
  granted.filter((each) => each.group === group).map(({ resource }) => resource);
const verbsOn = (resource: string) =>
  granted.filter((each) => each.resource === resource).flatMap(({ verbs }) => verbs);

describe('the operator', () => {
  it('finding A3, A4, A5: freezes, thaws and pauses nothing: start is all that it asks of a VM', () => {
    expect(resourcesOf('subresources.kubevirt.io')).toEqual(['virtualmachines/start']);
  });

  it('finding B §9.18: writes to no VirtualMachineInstance: it creates one as a dry run', () => {
    expect(verbsOn('virtualmachineinstances')).toEqual(['create', 'get', 'list', 'watch']);
    expect(verbsOn('virtualmachineinstances/status')).toEqual([]);
    expect(verbsOn('virtualmachines/status')).toEqual([]);
  });

  it('finding B §1.1, C §1, C §2: uses no snapshot, restore or clone of KubeVirt', () => {
    expect(resourcesOf('snapshot.kubevirt.io')).toEqual([]);
    expect(resourcesOf('clone.kubevirt.io')).toEqual([]);
  });

  it('finding F StorageProfile: asks CDI for DataVolumes and for nothing else', () => {
    expect(resourcesOf('cdi.kubevirt.io').toSorted()).toEqual(['datavolumes', 'datavolumes/source']);
  });
});
