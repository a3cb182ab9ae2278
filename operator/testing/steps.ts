/** Steps as a person would read them, so that a test compares sentences. */
import type { KubeObject } from '../cluster/objects.ts';
import { describeStep, type Step } from '../plan/steps.ts';

/** Every simple step within these, in their order. */
export function flatten(steps: readonly Step[]): readonly Exclude<Step, { step: 'sequence' | 'together' }>[] {
  return steps.flatMap((step) =>
    step.step === 'sequence' || step.step === 'together' ? flatten(step.steps) : [step],
  );
}

export function told(steps: readonly Step[]): readonly string[] {
  return flatten(steps).map(describeStep);
}

/** The objects of one kind that these steps make. */
export function made<T extends KubeObject>(steps: readonly Step[], kind: string): readonly T[] {
  return flatten(steps).flatMap((step) =>
    step.step === 'create' && step.kind.kind === kind ? [step.object as T] : [],
  );
}
