/** What every object of a clone is made with. */

import type { ObjectMeta } from '../../cluster/objects.ts';
import { annotations, labels, shortHash, withSuffix } from '../../names.ts';
import type { EnvironmentCloneObject } from '../../schema/index.ts';

export interface CloneContext {
  readonly clone: EnvironmentCloneObject;
  readonly sourceNamespace: string;
  readonly targetNamespace: string;
  readonly sameNamespace: boolean;
}

export function cloneContext(clone: EnvironmentCloneObject): CloneContext {
  const targetNamespace = clone.metadata.namespace!;
  const sourceNamespace = clone.spec.source.namespace ?? targetNamespace;
  return { clone, sourceNamespace, targetNamespace, sameNamespace: sourceNamespace === targetNamespace };
}

/** A name of the source as it is in the clone. */
export function renamed({ clone }: CloneContext, name: string): string {
  const { prefix, suffix } = clone.spec.names;
  return `${prefix}${name}${suffix}`;
}

/** The name of an object that belongs to a part of the clone: the same at every look, another for every clone. */
export function derivedName({ clone }: CloneContext, base: string, ...parts: readonly string[]): string {
  return withSuffix(base, shortHash(8, clone.metadata.uid!, ...parts));
}

/** Metadata of what is made in the target namespace: owned by the clone, so that it goes with it. */
export function ownedMetadata(
  context: CloneContext,
  name: string,
  more: Partial<ObjectMeta> = {},
): ObjectMeta {
  const { clone, targetNamespace } = context;
  const { name: cloneName, uid } = clone.metadata;
  return {
    name,
    namespace: targetNamespace,
    ...more,
    labels: { ...more.labels, [labels.clone]: uid! },
    ownerReferences: [
      {
        apiVersion: 'envclone.io/v1alpha1',
        kind: 'EnvironmentClone',
        name: cloneName,
        uid: uid!,
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  };
}

/** Metadata of what no object of a namespace can own: removed by the finalizer of the clone, or by the sweep. */
export function unownedMetadata(context: CloneContext, name: string, namespace?: string): ObjectMeta {
  const { clone, targetNamespace } = context;
  return {
    name,
    ...(namespace && { namespace }),
    labels: { [labels.clone]: clone.metadata.uid! },
    annotations: { [annotations.cloneName]: `${targetNamespace}/${clone.metadata.name}` },
  };
}
