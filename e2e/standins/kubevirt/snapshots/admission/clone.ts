import { randomInt } from 'node:crypto';
import type { AdmissionRequest } from '../../admission/admit.ts';
import { type Cause, invalid } from '../../admission/cause.ts';
import type { CloneSpec, VirtualMachineClone } from '../types.ts';

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** One for all targets that virt-api names as long as it runs. */
const SUFFIX = Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/** Names the target of a clone that does not say one. */
export function mutateClone({ object }: AdmissionRequest<VirtualMachineClone>): VirtualMachineClone {
  const { source, target, template } = object.spec;
  if (target !== undefined && target.name !== '') return object;
  const machine = { apiGroup: 'kubevirt.io', kind: 'VirtualMachine' };
  const named = { ...(target ?? machine), name: `clone-${source.name}-${SUFFIX}` };
  // Written back by virt-api, a clone has a template, if an empty one.
  return { ...object, spec: { ...object.spec, target: named, template: template ?? {} } };
}

/** Why a VirtualMachineClone may not be made or changed so. Neither its source nor its target is looked for. */
export function validateClone({ object: { spec } }: AdmissionRequest<VirtualMachineClone>): Cause[] {
  return [
    ...filterCauses(spec.annotationFilters, 'spec.annotations'),
    ...filterCauses(spec.labelFilters, 'spec.labels'),
    ...filterCauses(spec.template?.annotationFilters, 'spec.template.annotations'),
    ...filterCauses(spec.template?.labelFilters, 'spec.template.labels'),
    ...kindCauses(spec),
    ...sourceCauses(spec),
    ...targetIsSource(spec),
    ...macCauses(spec),
    ...patchCauses(spec),
  ];
}

function filterCauses(filters: string[] = [], field: string): Cause[] {
  const broken = (filter: string, what: string, rule: string) =>
    invalid(field, `${field} filter ${filter} is invalid: cannot contain a ${what}; FilterRules: ${rule}`);
  return filters.flatMap((filter) => {
    if (filter.length === 1)
      return filter === '!' ? [invalid(field, 'a negation character is not a valid filter')] : [];
    const negation = 'NegationChar can be only used at the beginning of the filter';
    const wildcard = 'WildcardChar can be only at the end of the filter';
    return [
      ...(filter.slice(1).includes('!') ? [broken(filter, 'negation character (!)', negation)] : []),
      ...(filter.slice(0, -1).includes('*') ? [broken(filter, 'wildcard character (*)', wildcard)] : []),
    ];
  });
}

function kindCauses({ source, target }: CloneSpec): Cause[] {
  const sources = ['VirtualMachine', 'VirtualMachineSnapshot'];
  return [
    ...(sources.includes(source.kind) ? [] : [invalid('spec.Source.Kind', 'Source kind is not supported')]),
    ...(target === undefined || target.kind === 'VirtualMachine'
      ? []
      : [invalid('spec.Target.Kind', 'Target kind is not supported')]),
  ];
}

function sourceCauses({ source: { apiGroup, kind, name } }: CloneSpec): Cause[] {
  return [
    ...(apiGroup ? [] : [invalid('spec.Source.APIGroup', "Source's APIGroup cannot be empty")]),
    ...(kind ? [] : [invalid('spec.Source', "Source's Kind cannot be empty")]),
    ...(name ? [] : [invalid('spec.Source.Name', "Source's name cannot be empty")]),
  ];
}

function targetIsSource({ source, target }: CloneSpec): Cause[] {
  const both = source.kind === 'VirtualMachine' && target?.kind === 'VirtualMachine';
  if (!both || source.name !== target.name) return [];
  const message = 'Target name cannot be equal to source name when both are VirtualMachines';
  return [invalid('spec.target.name', message)];
}

const MAC = /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i;

function macCauses({ newMacAddresses = {} }: CloneSpec): Cause[] {
  return Object.entries(newMacAddresses)
    .filter(([, mac]) => mac !== '' && !MAC.test(mac))
    .map(([name, mac]) =>
      invalid(`spec.newMacAddresses.${name}`, `interface ${name} has malformed MAC address (${mac}).`),
    );
}

function patchCauses({ patches = [] }: CloneSpec): Cause[] {
  return patches.flatMap((patch, index) => {
    try {
      JSON.parse(patch);
      return [];
    } catch {
      return [invalid(`spec.patches[${index}]`, `patch is not valid JSON (${patch})`)];
    }
  });
}
