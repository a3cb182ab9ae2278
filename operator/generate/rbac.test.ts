import { describe, expect, it } from 'vitest';
import {
  pods,
  secrets,
  services,
  storageClasses,
  virtualMachineActions,
} from '../cluster/kinds.generated.ts';
import { access } from '../controllers/access.ts';
import { policyRules } from './rbac.ts';

describe('policyRules', () => {
  it('merges what several controllers need of one resource', () => {
    const one = { controller: 'one', rules: [{ kinds: [pods], verbs: ['watch', 'get'] as const }] };
    const other = { controller: 'other', rules: [{ kinds: [pods], verbs: ['delete', 'get'] as const }] };
    expect(policyRules([one, other])).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'watch', 'delete'] },
    ]);
  });

  it('puts resources of one group with the same verbs into one rule, sorted', () => {
    const verbs = ['get'] as const;
    const rules = [
      { kinds: [storageClasses, services], verbs },
      { kinds: [pods], verbs },
    ];
    expect(policyRules([{ controller: 'one', rules }])).toEqual([
      { apiGroups: [''], resources: ['pods', 'services'], verbs: ['get'] },
      { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['get'] },
    ]);
  });

  it('grants a subresource without its resource', () => {
    const rules = [{ kinds: [virtualMachineActions], subresource: 'start', verbs: ['update'] as const }];
    expect(policyRules([{ controller: 'one', rules }])[0]?.resources).toEqual(['virtualmachines/start']);
  });
});

describe('access', () => {
  it('never lists or watches secrets', () => {
    const verbs = policyRules(access)
      .filter(
        ({ apiGroups, resources }) => apiGroups.includes(secrets.group) && resources.includes(secrets.plural),
      )
      .flatMap((rule) => rule.verbs);
    expect(verbs).toEqual(['get', 'create']);
  });

  it('never deletes VirtualMachines or claims but by name', () => {
    const rules = policyRules(access).filter(({ verbs }) => verbs.includes('deletecollection'));
    expect(rules.flatMap(({ resources }) => resources)).toEqual([
      'volumesnapshotcontents',
      'volumesnapshots',
    ]);
  });
});
