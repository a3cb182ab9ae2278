/** From what the controllers say they do to one ClusterRole: rules merged and sorted, nothing twice. */
import type { AccessVerb, ControllerAccess } from '../controllers/access.ts';

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly AccessVerb[];
}

const order: readonly AccessVerb[] = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
];

/** One rule per API group and set of verbs. */
export function policyRules(access: readonly ControllerAccess[]): readonly PolicyRule[] {
  const rules = new Map<string, { group: string; verbs: readonly AccessVerb[]; resources: string[] }>();
  for (const [key, granted] of verbsByResource(access)) {
    const [group = '', resource = ''] = key.split(' ');
    const verbs = order.filter((verb) => granted.has(verb));
    const same = `${group} ${verbs.join()}`;
    const rule = rules.get(same) ?? { group, verbs, resources: [] };
    rules.set(same, { ...rule, resources: [...rule.resources, resource].toSorted() });
  }
  return [...rules.values()]
    .map(({ group, verbs, resources }) => ({ apiGroups: [group], resources, verbs }))
    .toSorted((one, other) => compare(sortKey(one), sortKey(other)));
}

function verbsByResource(access: readonly ControllerAccess[]): ReadonlyMap<string, ReadonlySet<AccessVerb>> {
  const granted = new Map<string, Set<AccessVerb>>();
  for (const { kinds, verbs, subresource } of access.flatMap(({ rules }) => rules)) {
    for (const { group, plural } of kinds) {
      const key = `${group} ${subresource ? `${plural}/${subresource}` : plural}`;
      granted.set(key, new Set([...(granted.get(key) ?? []), ...verbs]));
    }
  }
  return granted;
}

const sortKey = ({ apiGroups, resources }: PolicyRule) => `${apiGroups[0]} ${resources.join()}`;
const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
