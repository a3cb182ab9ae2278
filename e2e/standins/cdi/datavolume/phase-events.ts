import type { EventType } from '../../kube/events.ts';
import { cloneOrigin, type DataVolume } from '../objects.ts';

export interface PhaseEvent {
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
}

/** The Event with which a cloning DataVolume enters a phase, if it has one. */
export function clonePhaseEvent(volume: DataVolume, phase: string): PhaseEvent | undefined {
  const message = cloneMessage(volume, phase);
  if (message === undefined) return undefined;
  return { type: 'Normal', reason: phase === 'Succeeded' ? 'CloneSucceeded' : phase, message };
}

function cloneMessage(volume: DataVolume, phase: string): string | undefined {
  const origin = cloneOrigin(volume)!;
  const source = `${origin.namespace}/${origin.name}`;
  const target = `${volume.metadata.namespace}/${volume.metadata.name}`;
  switch (phase) {
    case 'CloneScheduled':
      return `Cloning from ${source} into ${target} scheduled`;
    case 'SnapshotForSmartCloneInProgress':
      return `Creating snapshot for smart-clone is in progress (for pvc ${source})`;
    case 'CloneFromSnapshotSourceInProgress':
      return `Creating PVC from snapshot source is in progress (for ${origin.kind} ${source})`;
    case 'CSICloneInProgress':
      return `CSI Volume clone in progress (for pvc ${source})`;
    case 'CloneInProgress':
      return `Cloning from ${source} into ${target} in progress`;
    case 'PrepClaimInProgress':
      return `Prepping PersistentVolumeClaim for DataVolume ${target}`;
    case 'RebindInProgress':
      return `Rebinding PersistentVolumeClaim for DataVolume ${target}`;
    case 'Succeeded':
      return `Successfully cloned from ${source} into ${target}`;
    default:
      return undefined;
  }
}

/** The Event with which an importing DataVolume enters a phase, if it has one. */
export function importPhaseEvent({ metadata }: DataVolume, phase: string): PhaseEvent | undefined {
  const messages: Record<string, string> = {
    ImportScheduled: `Import into ${metadata.name} scheduled`,
    ImportInProgress: `Import into ${metadata.name} in progress`,
    Succeeded: `Successfully imported into PVC ${metadata.name}`,
  };
  const message = messages[phase];
  if (message === undefined) return undefined;
  return { type: 'Normal', reason: phase === 'Succeeded' ? 'ImportSucceeded' : phase, message };
}
