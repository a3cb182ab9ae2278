/** The one place that writes to the cluster: carries out the steps of a plan. */
import {
  addFinalizer,
  apiVersionOf,
  type ClusterClient,
  isAlreadyExists,
  isNotFound,
  type Kind,
  type KubeObject,
  removeFinalizer,
  sameJson,
  type WriteOptions,
} from '../cluster/index.ts';
import { virtualMachineActions } from '../cluster/kinds.generated.ts';
import { describeStep, type Step } from '../plan/steps.ts';
import { limited } from './limited.ts';

/** A step that failed. `NotOurs`: an object of its name is there that somebody else made. */
export interface Failure {
  readonly step: Step;
  readonly reason: 'NotOurs' | 'SourceNotFound' | 'Refused' | 'Failed';
  readonly message: string;
  readonly cause?: unknown;
}

export interface ApplyOptions {
  readonly client: ClusterClient;
  /** Told of every object as it is after a write: caches take it in. */
  readonly onWritten: (kind: Kind, object: KubeObject) => void;
  /** Told of every step when it has been done. */
  readonly onDone: (step: Step) => void;
  /** Steps in flight at once. */
  readonly concurrency: number;
}

/** Carries out the steps side by side, begun in their order. Never throws for a step: it returns what failed. */
export async function applySteps(steps: readonly Step[], options: ApplyOptions): Promise<readonly Failure[]> {
  const limit = limited(options.concurrency);
  const run = async (step: Step): Promise<readonly Failure[]> => {
    if (step.step === 'together') return (await Promise.all(step.steps.map(run))).flat();
    if (step.step === 'sequence') return runInOrder(step.steps, run);
    try {
      await limit(() => applyStep(step, options));
      options.onDone(step);
      return [];
    } catch (error) {
      return [toFailure(step, error)];
    }
  };
  return (await Promise.all(steps.map(run))).flat();
}

async function runInOrder(
  steps: readonly Step[],
  run: (step: Step) => Promise<readonly Failure[]>,
): Promise<readonly Failure[]> {
  for (const step of steps) {
    const failures = await run(step);
    if (failures.length > 0) return failures;
  }
  return [];
}

type SimpleStep = Exclude<Step, { step: 'sequence' | 'together' }>;

async function applyStep(step: SimpleStep, { client, onWritten }: ApplyOptions): Promise<void> {
  switch (step.step) {
    case 'create':
      return onWritten(step.kind, await createOnce(client, step));
    case 'copy': {
      const object = await copyOnce(client, step);
      return object && onWritten(step.kind, object);
    }
    case 'require':
      return requirePresent(client, step);
    case 'dryRun':
      // What the API server would drop without a word is a mistake in an override, or a capture that it cannot make.
      await createOrFind(client, step.kind, step.object, { dryRun: true, strict: true });
      return;
    case 'delete':
      await client.delete(step.kind, step.key, step);
      return;
    case 'deleteAll':
      return client.deleteCollection(step.kind, step);
    case 'patchMetadata':
      return onWritten(step.kind, await client.mergePatch(step.kind, step.key, { metadata: step.patch }));
    case 'addFinalizer': {
      const object = await addFinalizer(client, step.kind, step.object, step.finalizer);
      return object && onWritten(step.kind, object);
    }
    case 'removeFinalizer': {
      const object = await removeFinalizer(client, step.kind, step.object, step.finalizer);
      return object && onWritten(step.kind, object);
    }
    case 'start':
      return client.invoke(virtualMachineActions, step.key, 'start');
    default:
      return step satisfies never;
  }
}

class StepError extends Error {
  readonly reason: Failure['reason'];

  constructor(reason: Failure['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

async function createOnce(
  client: ClusterClient,
  step: Extract<Step, { step: 'create' }>,
): Promise<KubeObject> {
  const { kind, object } = step;
  const created = await createOrFind(client, kind, object);
  for (const field of step.mustKeep ?? []) await requireKept(client, step, created, field);
  return created;
}

async function createOrFind(
  client: ClusterClient,
  kind: Kind,
  object: KubeObject,
  options: WriteOptions = {},
): Promise<KubeObject> {
  try {
    return await client.create(kind, { apiVersion: apiVersionOf(kind), kind: kind.kind, ...object }, options);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  const present = await client.get(kind, object.metadata);
  if (!present)
    throw new StepError('Failed', `${kind.kind} ${object.metadata.name} went away while it was being made`);
  if (isSameMaker(present, object)) return present;
  throw new StepError(
    'NotOurs',
    `${kind.kind} ${object.metadata.namespace ? `${object.metadata.namespace}/` : ''}${object.metadata.name} exists already and was not made by this object: delete or rename it, or choose other names`,
  );
}

async function requirePresent(
  client: ClusterClient,
  { kind, key, because }: Extract<Step, { step: 'require' }>,
): Promise<void> {
  if (!(await client.get(kind, key))) throw new StepError('SourceNotFound', because);
}

/** Every label that we give says who made the object; another owner's object has none of them or other values. */
function isSameMaker(present: KubeObject, wanted: KubeObject): boolean {
  const marks = Object.entries(wanted.metadata.labels ?? {}).filter(([key]) =>
    key.startsWith('envclone.io/'),
  );
  return marks.length > 0 && marks.every(([key, value]) => present.metadata.labels?.[key] === value);
}

/** The API server drops some references without a word, and a claim made without its source is bound empty. */
async function requireKept(
  client: ClusterClient,
  { kind, object }: Extract<Step, { step: 'create' }>,
  created: KubeObject,
  field: string,
): Promise<void> {
  if (sameJson(valueAt(created, field), valueAt(object, field))) return;
  const { namespace, name, uid } = created.metadata;
  await client.delete(kind, { namespace, name }, { uid });
  throw new StepError(
    'Refused',
    `the API server dropped ${field} of ${kind.kind} ${namespace}/${name}, so it was removed again: without it the disk would be empty`,
  );
}

function valueAt(object: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, field) => (value as Record<string, unknown> | undefined)?.[field], object);
}

async function copyOnce(
  client: ClusterClient,
  step: Extract<Step, { step: 'copy' }>,
): Promise<KubeObject | undefined> {
  const source = await client.get(step.kind, step.from);
  if (!source && step.optional) return undefined;
  if (!source)
    throw new StepError(
      'SourceNotFound',
      `${step.kind.kind} ${step.from.namespace}/${step.from.name} is named by a VM and does not exist: create it, or remove it from the VM`,
    );
  const fields = Object.fromEntries(
    step.fields.map((field) => [field, (source as unknown as Record<string, unknown>)[field]]),
  );
  return createOrFind(client, step.kind, { ...fields, metadata: step.metadata } as KubeObject);
}

function toFailure(step: Step, error: unknown): Failure {
  const reason = error instanceof StepError ? error.reason : isRefusal(error) ? 'Refused' : 'Failed';
  const message = error instanceof Error ? error.message : String(error);
  return { step, reason, message: `${describeStep(step)}: ${message}`, cause: error };
}

/** An answer that stays the same until somebody changes something: repeating it soon is of no use. */
function isRefusal(error: unknown): boolean {
  const code = (error as { code?: number }).code;
  return isNotFound(error) || code === 400 || code === 403 || code === 422;
}
