import { timestamp } from '../../conditions.ts';
import { failure, progressing, ready, withConditions } from '../conditions.ts';
import type { SnapshotContext } from '../context.ts';
import type { RestoreStatus, VirtualMachineRestore } from '../types.ts';
import { writeStatus } from '../write.ts';

/** Writes how far a restore is, with what is new of it. */
export async function say(
  { client, caches }: SnapshotContext,
  restore: VirtualMachineRestore,
  news: RestoreStatus,
  progresses: boolean,
  progress: string,
  readiness: string,
): Promise<void> {
  const said = [progressing(progresses, progress), ready(false, readiness)];
  const conditions = withConditions(restore.status?.conditions, ...said);
  await writeStatus(client, caches.vmRestores, restore, { ...restore.status, ...news, conditions });
}

/** An error that may pass: the restore is tried again. */
export async function tellError(
  context: SnapshotContext,
  restore: VirtualMachineRestore,
  { message }: Error,
): Promise<void> {
  const told = `VirtualMachineRestore encountered error ${message}`;
  context.events.recordEvent(restore, 'Warning', 'VirtualMachineRestoreError', told);
  await say(context, restore, {}, false, message, message);
}

/** The end of a restore that did not succeed. */
export async function tellFailure(
  context: SnapshotContext,
  restore: VirtualMachineRestore,
  message: string,
): Promise<void> {
  const { client, caches, events } = context;
  events.recordEvent(restore, 'Warning', 'Operation failed', `VirtualMachineRestore failed ${message}`);
  const said = [progressing(false, message), ready(false, message), failure(message)];
  const conditions = withConditions(restore.status?.conditions, ...said);
  await writeStatus(client, caches.vmRestores, restore, { ...restore.status, conditions });
}

export async function tellCompletion(
  { client, caches, events }: SnapshotContext,
  restore: VirtualMachineRestore,
): Promise<void> {
  const message = `Successfully completed VirtualMachineRestore ${restore.metadata.name}`;
  events.recordEvent(restore, 'Normal', 'VirtualMachineRestoreComplete', message);
  const done = 'Operation complete';
  const conditions = withConditions(restore.status?.conditions, progressing(false, done), ready(true, done));
  const status = { ...restore.status, complete: true, restoreTime: timestamp(), conditions };
  await writeStatus(client, caches.vmRestores, restore, status);
}
