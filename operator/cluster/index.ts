export { type Backoff, backoffDelay } from './backoff.ts';
export {
  type AccessAttributes,
  type ClusterClient,
  type ConnectOptions,
  connect,
  type DeleteOptions,
  type Identity,
  type ObjectList,
  type Selection,
  type WatchOptions,
  type WriteOptions,
} from './client.ts';
export { type Clock, systemClock } from './clock.ts';
export {
  ApiError,
  CredentialsError,
  isAlreadyExists,
  isConflict,
  isExpired,
  isForbidden,
  isInvalid,
  isNotFound,
  isTooManyRequests,
  NetworkError,
  redacted,
  type StatusCause,
  type StatusDetails,
} from './errors.ts';
export type { EventObject, Occurrence, Reporter } from './event-objects.ts';
export { eventKind } from './event-objects.ts';
export { EventRecorder, type EventRecorderOptions } from './events.ts';
export { addFinalizer, removeFinalizer } from './finalizers.ts';
export { type Informer, type InformerOptions, startInformer } from './informer.ts';
export {
  apiVersionOf,
  type DeepPartial,
  type DeepPartialObject,
  type Kind,
  type KubeObject,
  keyFrom,
  keyOf,
  type ObjectKey,
  type ObjectMeta,
  type OwnerReference,
} from './objects.ts';
export { mergePatchBetween, sameJson } from './patches.ts';
export { type Handled, WorkQueue, type WorkQueueOptions } from './queue.ts';
export type { RequestRecord, Verb } from './requester.ts';
export { parseLabelSelector } from './selectors.ts';
export { type Change, type Indexes, isVersionNewer } from './store.ts';
export type { WatchEvent } from './watch.ts';
