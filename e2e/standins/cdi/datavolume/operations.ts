import { annotation } from '../../kube/objects.ts';
import { selectedNode } from '../../storage/names.ts';
import type { Claim } from '../../storage/objects.ts';
import type { Cdi } from '../cdi.ts';
import { bindImmediately, clonePhase, podPhase } from '../names.ts';
import { cloneOrigin, type DataVolume } from '../objects.ts';
import { clonePhaseEvent, importPhaseEvent, type PhaseEvent } from './phase-events.ts';

export type Operation = 'clone' | 'import' | 'population';

/** What a DataVolume asks for; throws on what this stand-in does not model. */
export function operationOf(volume: DataVolume): Operation {
  const { source, sourceRef, pvc, storage } = volume.spec;
  const { namespace, name } = volume.metadata;
  if (sourceRef) throw new Error(`DataVolume ${namespace}/${name}: this stand-in does not model sourceRef`);
  if (cloneOrigin(volume)) return 'clone';
  if (source?.blank) return 'import';
  const template = pvc ?? storage;
  if (source === undefined && (template?.dataSource || template?.dataSourceRef)) return 'population';
  const kind = Object.keys(source ?? {})[0] ?? 'no source';
  throw new Error(`DataVolume ${namespace}/${name}: this stand-in does not model ${kind}`);
}

/** A DataVolume's phase while its claim is being filled. */
export function claimPhase(
  cdi: Cdi,
  volume: DataVolume,
  claim: Claim,
): { phase: string | undefined; event?: PhaseEvent } {
  if (claim.status?.phase === 'Pending' && waitsForConsumer(cdi, claim))
    return { phase: 'PendingPopulation' };
  const operation = operationOf(volume);
  if (operation === 'clone') return cloning(volume, claim);
  if (operation === 'import') return importing(volume, claim);
  return populating(claim);
}

const phasesOfClone: Readonly<Record<string, string>> = {
  '': 'CloneScheduled',
  Pending: 'CloneScheduled',
  Succeeded: 'Succeeded',
  CSIClone: 'CSICloneInProgress',
  HostClone: 'CloneInProgress',
  PrepClaim: 'PrepClaimInProgress',
  Rebind: 'RebindInProgress',
  SnapshotClone: 'CloneFromSnapshotSourceInProgress',
  Snapshot: 'SnapshotForSmartCloneInProgress',
};

function cloning(volume: DataVolume, claim: Claim) {
  const phase = phaseOfClone(annotation(claim, clonePhase) ?? '');
  // An error of the clone leaves the phase as it is: CDI goes on trying.
  const told = phase ?? volume.status?.phase ?? 'CloneScheduled';
  return { phase: told, event: clonePhaseEvent(volume, told) };
}

/** The phase of a DataVolume while its claim is in a phase of the clone; undefined for an error. */
export function phaseOfClone(claimPhase: string): string | undefined {
  return phasesOfClone[claimPhase];
}

const phasesOfImport: Readonly<Record<string, string>> = {
  Pending: 'ImportScheduled',
  Running: 'ImportInProgress',
  Succeeded: 'Succeeded',
};

function importing(volume: DataVolume, claim: Claim) {
  const pod = annotation(claim, podPhase) ?? '';
  const bound = claim.status?.phase === 'Bound';
  const phase = pod === 'Succeeded' && !bound ? 'ImportInProgress' : phasesOfImport[pod];
  if (phase === undefined) return { phase: volume.status?.phase };
  return { phase, event: importPhaseEvent(volume, phase) };
}

/** CDI calls it done as soon as somebody may begin: the claim can be Pending for ever. */
function populating(claim: Claim): { phase: string; event: PhaseEvent } {
  const reference = claim.spec.dataSourceRef ?? claim.spec.dataSource;
  const message = `PVC ${claim.metadata.name} successfully populated by ${reference?.name}`;
  return { phase: 'Succeeded', event: { type: 'Normal', reason: 'ExternalPopulationSucceeded', message } };
}

/** Whether a claim waits for its first consumer still. */
export function waitsForConsumer({ caches }: Cdi, claim: Claim): boolean {
  const storageClass = caches.classes.get(undefined, claim.spec.storageClassName ?? '');
  if (storageClass?.volumeBindingMode !== 'WaitForFirstConsumer') return false;
  return !annotation(claim, selectedNode) && annotation(claim, bindImmediately) === undefined;
}
