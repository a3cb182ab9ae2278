import type { Claim } from '../../storage/objects.ts';
import type { Cdi } from '../cdi.ts';
import type { CloneSource } from '../objects.ts';
import { csiClone } from './csi-clone.ts';
import { hostClone } from './host-clone.ts';
import { prepareClaim } from './prep-claim.ts';
import { rebind } from './rebind.ts';
import { snapshotClone } from './snapshot-clone.ts';
import { snapshotSource } from './snapshot-source.ts';
import type { Strategy } from './strategy.ts';

/** A step of a clone: `wait` to be called again when something changes, a delay, or `done`. */
export interface Phase {
  readonly name: string;
  step(): Promise<PhaseResult>;
}

export type PhaseResult = 'done' | 'wait' | { readonly after: number };

/** What all phases of one clone know. */
export interface Clone {
  readonly cdi: Cdi;
  readonly target: Claim;
  /** The namespace of the source, in which everything temporary is made. */
  readonly namespace: string;
  readonly sourceName: string;
}

/** The phases in order. A clone is made beside its source, and its volume then bound to the target. */
export function planOf(cdi: Cdi, target: Claim, source: CloneSource, strategy: Strategy): Phase[] {
  const { kind, name } = source.spec.source;
  const clone: Clone = { cdi, target, namespace: source.metadata.namespace!, sourceName: name };
  const finish = [prepareClaim(clone), rebind(clone)];
  if (kind === 'VolumeSnapshot') {
    if (strategy === 'snapshot') return [snapshotClone(clone, name), ...finish];
    const role = 'tmp-source-pvc';
    return [snapshotClone(clone, name, role), prepareClaim(clone, role), hostClone(clone), rebind(clone)];
  }
  if (strategy === 'copy') return [hostClone(clone), rebind(clone)];
  if (strategy === 'csi-clone') return [csiClone(clone), ...finish];
  const taken = temporarySnapshotName(target);
  return [snapshotSource(clone, taken), snapshotClone(clone, taken), ...finish];
}

export function temporarySnapshotName({ metadata }: Claim): string {
  return `tmp-snapshot-${metadata.uid}`;
}
