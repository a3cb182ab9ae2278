/** What a clone that is being built would do next. */
import type { CloneChildren } from '../observe/environment-clone.ts';
import type { CapturedEnvironment } from '../plan/capture/model.ts';
import { planClone } from '../plan/clone/plan.ts';
import type { Step } from '../plan/steps.ts';
import { aCapture, accepted, anAttempt, applications, noon } from './captures.ts';
import { aClaim, aClone, classes, observedClone } from './clones.ts';
import { aMachine } from './machines.ts';
import { made } from './steps.ts';

/** Two VMs, of which `web` waits for `db`. */
export const chain = aCapture({
  applications: applications({ name: 'web', dependsOn: ['db'] }, { name: 'db' }),
  machines: [aMachine('web'), aMachine('db')],
});

const policies = [{ metadata: { name: 'copy-isolation' }, spec: {} }];

interface Building {
  readonly spec?: Record<string, unknown>;
  readonly captured?: CapturedEnvironment;
  readonly storageClasses?: ReturnType<typeof classes>;
  /** How long after noon it is. */
  readonly ms?: number;
}

/** The next steps of a clone that has these children and its policy. */
export function build(
  children: Partial<CloneChildren>,
  { spec = {}, captured = chain, storageClasses = classes(), ms = 1_000 }: Building = {},
): readonly Step[] {
  const observed = observedClone({
    clone: aClone(spec),
    attempt: anAttempt({ captured, verdict: accepted }),
    storageClasses,
    children: { policies, ...children },
  });
  return planClone(observed, { now: noon + ms, binderImage: 'example.com/pause' }).steps;
}

/** The claims `<name>-root` of the clone. */
export function claims(phase: 'Pending' | 'Bound', ...names: readonly string[]) {
  return names.map((name) => aClaim(`${name}-root`, phase));
}

/** Names of the objects of a kind that these steps make, without the hash that some end with. */
export function making(steps: readonly Step[], kind: string): readonly string[] {
  return made(steps, kind).map(({ metadata }) => metadata.name.replace(/-[0-9a-f]{8,}$/, ''));
}
