import type { SnapshotSource } from '../source/source.ts';
import type { Indication, SnapshotStatus } from '../types.ts';

const MESSAGES: Record<Indication, string> = {
  Online: 'Snapshot taken while the VM was running. Consistency depends on guest-agent quiescing.',
  GuestAgent: 'Guest agent was active and attempted to quiesce the filesystem for application consistency.',
  NoGuestAgent:
    'Guest agent was not available. Snapshot is crash-consistent and may not be application-consistent.',
  Paused:
    'Snapshot taken while the VM was paused. Snapshot is crash-consistent and may not be application-consistent.',
  PartialSnapshot:
    'Not all snapshotable volumes were included in the snapshot. ' +
    'Check status.snapshotVolumes for excluded volumes and VM VolumeSnapshotStatus for details.',
};

type Indications = Pick<SnapshotStatus, 'indications' | 'sourceIndications'>;

/** What to know of a snapshot's consistency. A running VM's are only ever added to; a VM that is off has none. */
export function indicationsOf(
  { indications = [] }: SnapshotStatus,
  { online, paused, guestAgent }: SnapshotSource,
): Indications {
  if (!online) return { indications: undefined, sourceIndications: undefined };
  const now: Indication = paused ? 'Paused' : guestAgent ? 'GuestAgent' : 'NoGuestAgent';
  return told([...new Set([...indications, 'Online' as const, now])].sort());
}

/** The same with a word on volumes that could have been snapshotted and were not. */
export function withPartial({ indications = [] }: SnapshotStatus): Indications {
  return told([...new Set([...indications, 'PartialSnapshot' as const])]);
}

function told(indications: Indication[]): Indications {
  return {
    indications,
    sourceIndications: indications.map((indication) => ({ indication, message: MESSAGES[indication] })),
  };
}
