/** Which objects belong to a recording: those of its namespaces, and cluster-scoped ones that are of use to those. */
import type { RecordedObject } from './recording.ts';

interface Reference {
  readonly namespace?: string;
}

export function isInScope(object: RecordedObject, namespaces: readonly string[]): boolean {
  const namespace = object.metadata.namespace ?? namespaceServedBy(object);
  return namespace !== undefined && namespaces.includes(namespace);
}

/** Of cluster-scoped objects: volumes by their claim, contents of snapshots by their snapshot. */
function namespaceServedBy({ kind, metadata, spec }: RecordedObject): string | undefined {
  const references = (spec ?? {}) as Record<string, Reference | undefined>;
  if (kind === 'Namespace') return metadata.name;
  return (references.claimRef ?? references.volumeSnapshotRef ?? references.volumeGroupSnapshotRef)
    ?.namespace;
}
