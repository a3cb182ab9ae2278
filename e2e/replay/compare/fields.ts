/** An object as its fields: a path, with list items by their type, name or value, and a value as text. */

import type { RecordedObject } from '../recording/recording.ts';
import type { NormalForm } from './normal-form.ts';

/** What differs between any two runs and says nothing. */
const meaningless =
  /^(apiVersion|kind|metadata\.(uid|name|creationTimestamp|selfLink|generation|generateName))$|\bresourceVersion$/;

/** The API server copies them from the node, whose zone is a property of the cluster. */
const ofTheNode = /^metadata\.labels\.topology\.kubernetes\.io\/(region|zone)$/;

/** CDI quotes a claim's newest Event there; of several in one second, which that is depends on when it looks. */
const quoting = /\bstorage\.condition\.bound\.message$|^status\.conditions\[Bound\]\.message$/;

export function fieldsOf(
  object: RecordedObject | Record<string, unknown>,
  form: NormalForm,
): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  collect(object, '', form, fields);
  // A pod's generation counts its deletion: whether its containers ended before that is a matter of pace.
  if (object.kind === 'Pod') fields.delete('status.observedGeneration');
  return fields;
}

function collect(value: unknown, path: string, form: NormalForm, fields: Map<string, string>): void {
  if (meaningless.test(path) || ofTheNode.test(path) || value === undefined || value === null) return;
  if (typeof value !== 'object') {
    // Recordings leave out what a clone token says.
    if (path.endsWith('clone.token')) fields.set(path, '…');
    else fields.set(path, quoting.test(path) ? form.ofQuotation(String(value)) : form.of(value));
    return;
  }
  const entries = Array.isArray(value)
    ? itemsOf(value, form)
    : Object.entries(value).map(([key, each]) => [form.of(key), each] as const);
  if (entries.length === 0) fields.set(path, Array.isArray(value) ? '[]' : '{}');
  for (const [key, each] of entries) collect(each, joined(path, key, Array.isArray(value)), form, fields);
}

function joined(path: string, key: string, isItem: boolean): string {
  if (isItem) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

const naming = ['type', 'name', 'uid', 'phase', 'volumeName', 'volumeSnapshotName', 'indication'] as const;

/** By what tells them apart: two runs may have them in another order. */
function itemsOf(list: readonly unknown[], form: NormalForm): readonly (readonly [string, unknown])[] {
  return list.map((item, index) => {
    if (typeof item === 'string') return [form.of(item), item] as const;
    const fields = (item ?? {}) as Record<string, unknown>;
    const own = naming.map((field) => fields[field]).find((each) => typeof each === 'string') as
      | string
      | undefined;
    return [own === undefined ? String(index) : form.of(own), item] as const;
  });
}

/** Whether others act on a field: what it left out is a difference, unless it was there for a moment. */
export function isState(path: string): boolean {
  return state.test(path);
}

const state =
  /(^|\.)(phase|printableStatus|clonePhase|readyToUse)$|\.conditions\[[^\]]*\]\.(status|reason)$|\.finalizers\[/;
