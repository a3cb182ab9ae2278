/** How far a disk of the clone is: asked for, bound, filled with what was captured, or left without its source. */
import type { DataVolume, PersistentVolumeClaim } from '../../cluster/kinds.generated.ts';
import type { ObservedClone } from '../../observe/environment-clone.ts';
import type { Desired } from './desired.ts';
import type { DesiredDisk } from './disks.ts';

/** What is there of a disk, to be looked at. */
export interface LiveDisk {
  readonly claim?: PersistentVolumeClaim;
  /** Absent where the claim asks for itself, or has been let go. */
  readonly dataVolume?: DataVolume;
}

/**
 * Neither sign is enough: CDI may say Succeeded of a claim that is not bound, and a claim is bound before CDI has taken
 * down what it copied with, or, of a driver that it does not populate claims for, before there is anything in it.
 */
export function isFilled({ claim, dataVolume }: LiveDisk): boolean {
  return isBound(claim) && (!dataVolume || dataVolume.status?.phase === 'Succeeded');
}

export function isBound(claim: PersistentVolumeClaim | undefined): boolean {
  return claim?.status?.phase === 'Bound';
}

/** Somebody has been asked to make it. */
export function isAsked({ claim, dataVolume }: LiveDisk): boolean {
  return claim !== undefined || dataVolume !== undefined;
}

/**
 * Disks that are not filled and of which the capture holds nothing any more. Whoever makes a disk waits for a source
 * that has vanished for ever, and says nothing.
 */
export function disksWithoutSource(observed: ObservedClone, { disks }: Desired): readonly DesiredDisk[] {
  if (observed.attempt?.verdict?.outcome !== 'Accepted') return [];
  const held = new Set(observed.disks.filter(({ handle }) => handle).map(({ disk }) => disk.claim));
  const liveDisk = liveDisksOf(observed);
  return disks.filter((disk) => !held.has(disk.source.claim) && !isFilled(liveDisk(disk)));
}

/** Finds what there is of each disk. */
export function liveDisksOf({ children, target }: ObservedClone): (disk: DesiredDisk) => LiveDisk {
  const dataVolumes = new Map(children.dataVolumes.map((each) => [each.metadata.name, each]));
  return (disk) => {
    const claim = target.claims.get(disk.claim);
    return {
      claim: lacksItsSource(disk, claim) ? undefined : claim,
      dataVolume: dataVolumes.get(disk.claim),
    };
  };
}

/** The API server may drop the source of a claim without a word, and it is bound empty: as good as none. */
function lacksItsSource({ strategy }: DesiredDisk, claim: PersistentVolumeClaim | undefined): boolean {
  return strategy === 'Snapshot' && claim?.spec?.dataSourceRef === undefined;
}
