import { escapePointer } from '../json-patch.ts';
import type { CapturedMachine, CloneSpec } from '../types.ts';

interface Operation {
  readonly op: 'replace' | 'remove';
  readonly path: string;
  readonly value?: string;
}

const DOMAIN = '/spec/template/spec/domain';
const LAST_RESTORE = 'restore.kubevirt.io/lastRestoreUID';

/** The patches that make another VM of a VM, as a VirtualMachineRestore takes them: each one a text. */
export function clonePatches({ metadata, spec }: CapturedMachine, clone: CloneSpec): string[] {
  const { [LAST_RESTORE]: _, ...annotations } = metadata.annotations ?? {};
  const template = spec.template.metadata ?? {};
  const operations = [
    ...macs(spec, clone),
    ...serial(spec, clone),
    ...removals('/metadata/labels', metadata.labels, clone.labelFilters),
    ...removals('/metadata/annotations', annotations, clone.annotationFilters),
    ...removals('/spec/template/metadata/labels', template.labels, clone.template?.labelFilters),
    ...removals(
      '/spec/template/metadata/annotations',
      template.annotations,
      clone.template?.annotationFilters,
    ),
    ...uuid(spec),
  ];
  return [...operations.map((operation) => JSON.stringify(operation)), ...(clone.patches ?? [])];
}

/** A MAC is emptied unless a new one is given. */
function macs({ template }: CapturedMachine['spec'], { newMacAddresses = {} }: CloneSpec): Operation[] {
  const interfaces = template.spec.domain.devices.interfaces ?? [];
  return interfaces.map(({ name }, index) =>
    replace(`${DOMAIN}/devices/interfaces/${index}/macAddress`, newMacAddresses[name] ?? ''),
  );
}

function serial({ template }: CapturedMachine['spec'], { newSMBiosSerial = '' }: CloneSpec): Operation[] {
  if (template.spec.domain.firmware === undefined) return [];
  return [replace(`${DOMAIN}/firmware/serial`, newSMBiosSerial)];
}

function uuid({ template }: CapturedMachine['spec']): Operation[] {
  return template.spec.domain.firmware === undefined ? [] : [replace(`${DOMAIN}/firmware/uuid`, '')];
}

function replace(path: string, value: string): Operation {
  return { op: 'replace', path, value };
}

/** Takes away what filters do not let through; without filters everything stays. */
function removals(
  at: string,
  labels: Record<string, string> = {},
  filters: string[] | undefined,
): Operation[] {
  if (filters === undefined) return [];
  return Object.keys(labels)
    .filter((key) => !passes(key, filters))
    .sort()
    .map((key) => ({ op: 'remove', path: `${at}/${escapePointer(key)}` }));
}

/** Filters are regular expressions, `*` is all, and what one with `!` matches never passes. */
function passes(key: string, filters: readonly string[]): boolean {
  const matches = (filter: string) => new RegExp(filter === '*' ? '.*' : filter).test(key);
  const refused = filters.some((filter) => filter.startsWith('!') && matches(filter.slice(1)));
  return !refused && filters.some((filter) => !filter.startsWith('!') && matches(filter));
}
