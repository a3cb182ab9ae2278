/** What a plan asks to be done: frozen data, so that a dry run, a log line, an event and a test read the same value. */
import type { Kind, KubeObject, ObjectKey } from '../cluster/objects.ts';

export type Step =
  /** Make it if it is not there; somebody else's object of that name is an error, never taken over. */
  | {
      readonly step: 'create';
      readonly kind: Kind;
      readonly object: KubeObject;
      readonly mustKeep?: readonly string[];
    }
  /** Make a copy of an object of another namespace under the metadata given; only what `fields` names is copied. */
  | {
      readonly step: 'copy';
      readonly kind: Kind;
      readonly from: ObjectKey;
      readonly metadata: KubeObject['metadata'];
      readonly fields: readonly string[];
      /** Not an error where the source does not exist. */
      readonly optional: boolean;
    }
  | {
      readonly step: 'delete';
      readonly kind: Kind;
      readonly key: ObjectKey;
      readonly uid?: string;
      readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
      readonly gracePeriodSeconds?: number;
    }
  | {
      readonly step: 'deleteAll';
      readonly kind: Kind;
      readonly namespace?: string;
      readonly labelSelector: string;
    }
  | {
      readonly step: 'patchMetadata';
      readonly kind: Kind;
      readonly key: ObjectKey;
      readonly patch: MetadataPatch;
    }
  | {
      readonly step: 'addFinalizer' | 'removeFinalizer';
      readonly kind: Kind;
      readonly object: KubeObject;
      readonly finalizer: string;
    }
  /** The one `start` of a VM whose runStrategy is Manual. */
  | { readonly step: 'start'; readonly key: ObjectKey }
  /** The object must be there: `because` says why, and what to do where it is not. */
  | { readonly step: 'require'; readonly kind: Kind; readonly key: ObjectKey; readonly because: string }
  /** Ask the API server whether it would take the object as it is; nothing is made. */
  | { readonly step: 'dryRun'; readonly kind: Kind; readonly object: KubeObject }
  /** One after the other; the first that fails ends it. */
  | { readonly step: 'sequence'; readonly steps: readonly Step[] }
  /** All at once; it has failed when one has. */
  | { readonly step: 'together'; readonly steps: readonly Step[] };

/** Labels and annotations to set; `null` removes one. */
export interface MetadataPatch {
  readonly labels?: Readonly<Record<string, string | null>>;
  readonly annotations?: Readonly<Record<string, string | null>>;
  readonly ownerReferences?: KubeObject['metadata']['ownerReferences'];
}

export function sequence(...steps: readonly Step[]): Step {
  return steps.length === 1 ? steps[0]! : { step: 'sequence', steps };
}

/** A step as a person would name it: `create VolumeSnapshot shop/db-root`. */
export function describeStep(step: Step): string {
  switch (step.step) {
    case 'create':
    case 'dryRun':
      return `${step.step === 'create' ? 'create' : 'dry run of'} ${nameOf(step.kind, step.object.metadata)}`;
    case 'copy':
      return `copy ${nameOf(step.kind, step.from)} to ${step.metadata.namespace}`;
    case 'require':
      return `look for ${nameOf(step.kind, step.key)}`;
    case 'delete':
      return `delete ${nameOf(step.kind, step.key)}`;
    case 'deleteAll':
      return `delete every ${step.kind.kind} with ${step.labelSelector}`;
    case 'patchMetadata':
      return `label ${nameOf(step.kind, step.key)}`;
    case 'addFinalizer':
    case 'removeFinalizer':
      return `${step.step === 'addFinalizer' ? 'add' : 'remove'} finalizer ${step.finalizer} of ${nameOf(step.kind, step.object.metadata)}`;
    case 'start':
      return `start VirtualMachine ${step.key.namespace}/${step.key.name}`;
    case 'sequence':
      return step.steps.map(describeStep).join(', then ');
    case 'together':
      return step.steps.map(describeStep).join(' and ');
  }
}

export function together(...steps: readonly Step[]): Step {
  return steps.length === 1 ? steps[0]! : { step: 'together', steps };
}

function nameOf(kind: Kind, { namespace, name }: ObjectKey): string {
  return `${kind.kind} ${namespace ? `${namespace}/` : ''}${name}`;
}
