/** The kinds of envclone.io/v1alpha1: one zod schema each gives the type, the parser, the CRD and the reference page. */
import type { KubeObject } from '../cluster/objects.ts';
import { Environment, type EnvironmentSpec, type EnvironmentStatus } from './environment.ts';
import {
  EnvironmentClone,
  type EnvironmentCloneSpec,
  type EnvironmentCloneStatus,
} from './environment-clone.ts';
import {
  EnvironmentSnapshot,
  type EnvironmentSnapshotSpec,
  type EnvironmentSnapshotStatus,
} from './environment-snapshot.ts';

export const apiGroup = 'envclone.io';
export const apiVersion = 'v1alpha1';

/** Every kind, in the order of the reference page. */
export const definitions = [Environment, EnvironmentSnapshot, EnvironmentClone] as const;

export type EnvironmentObject = KubeObject & { spec: EnvironmentSpec; status?: EnvironmentStatus };
export type EnvironmentSnapshotObject = KubeObject & {
  spec: EnvironmentSnapshotSpec;
  status?: EnvironmentSnapshotStatus;
};
export type EnvironmentCloneObject = KubeObject & {
  spec: EnvironmentCloneSpec;
  status?: EnvironmentCloneStatus;
};
