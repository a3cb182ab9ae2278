/** Every label, annotation, finalizer and derived name that envclone writes: one place, because other objects are found by them. */
import { createHash } from 'node:crypto';

export const labels = {
  /** UID of the EnvironmentClone that made the object. Environments never select what carries it. */
  clone: 'envclone.io/clone',
  /** Name of the VM in the source that the object belongs to. */
  machine: 'envclone.io/virtual-machine',
  /** UID of the EnvironmentSnapshot that the object belongs to. */
  snapshot: 'envclone.io/snapshot',
  /** What a ControllerRevision of a capture holds. */
  part: 'envclone.io/part',
  attempt: 'envclone.io/attempt',
  /** On a pod that is there only to have claims bound. */
  binder: 'envclone.io/binder',
} as const;

/**
 * Label on a source claim while a group snapshot of it is made. The key is the capture's own, not only the value:
 * captures that share a claim at the same time would overwrite each other's.
 */
export const captureLabel = (snapshotUid: string, attempt: number, group: string) =>
  `${captureLabelPrefix(snapshotUid)}${attempt}-${group}`;
export const captureLabelPrefix = (snapshotUid: string) => `capture.envclone.io/${snapshotUid}-`;

export const annotations = {
  /** On a VirtualMachine: the one `start` of a Manual VM was sent. */
  started: 'envclone.io/started',
  /** On a VirtualMachine that a clone made: the tier it starts in, so that it can be taken down in reverse. */
  tier: 'envclone.io/tier',
  /** On an EnvironmentClone: when it was completed, should its status be lost. */
  completed: 'envclone.io/completed',
  /** On what a clone made: `namespace/name` of the EnvironmentClone. */
  cloneName: 'envclone.io/clone-name',
} as const;

export const finalizers = {
  clone: 'envclone.io/clone',
  capture: 'envclone.io/capture',
} as const;

const pinPrefix = 'envclone.io/clone-';

/** The finalizer by which a clone keeps the EnvironmentSnapshot that its disks are still made from. */
export const pinOf = (cloneUid: string) => `${pinPrefix}${cloneUid}`;
export const isPin = (finalizer: string) => finalizer.startsWith(pinPrefix);

/** The first `length` hex digits of SHA-256 over the parts. */
export function shortHash(length: number, ...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, length);
}

/** `name` followed by `-suffix`, cut so that both fit into `limit`, which a Kubernetes name or label has. */
export function withSuffix(name: string, suffix: string, limit = 63): string {
  const room = limit - suffix.length - 1;
  return `${name.slice(0, room).replace(/[-.]+$/, '')}-${suffix}`;
}
