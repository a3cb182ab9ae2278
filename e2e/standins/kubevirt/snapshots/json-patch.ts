/** One operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

type Container = Record<string, unknown> | unknown[];

/** A document with operations applied; a `replace` also sets what is not there, as KubeVirt's library lets it. */
export function applyPatch<T extends object>(document: T, operations: readonly PatchOperation[]): T {
  const changed = structuredClone(document);
  for (const operation of operations) apply(changed as Container, operation);
  return changed;
}

/** A key as it stands in a path. */
export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function apply(document: Container, { op, path, value }: PatchOperation): void {
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop();
  if (last === undefined) throw new Error(`${op} of a whole document is not modelled by the stand-in`);
  const parent = keys.reduce<unknown>((inner, key) => valueAt(inner, key), document);
  if (typeof parent !== 'object' || parent === null)
    throw new Error(`${op} operation does not apply: doc is missing path: "${path}": missing value`);
  change(parent as Container, last, { op, path, value });
}

function change(parent: Container, key: string, { op, path, value }: PatchOperation): void {
  switch (op) {
    case 'add':
      if (Array.isArray(parent)) parent.splice(key === '-' ? parent.length : Number(key), 0, value);
      else parent[key] = value;
      return;
    case 'replace':
      (parent as Record<string, unknown>)[key] = value;
      return;
    case 'remove':
      remove(parent, key, path);
      return;
    default:
      throw new Error(`the patch operation ${op} is not modelled by the stand-in`);
  }
}

function remove(parent: Container, key: string, path: string): void {
  if (valueAt(parent, key) === undefined)
    throw new Error(`remove operation does not apply: doc is missing path: "${path}": missing value`);
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

function valueAt(container: unknown, key: string): unknown {
  return (container as Record<string, unknown> | undefined)?.[key];
}
