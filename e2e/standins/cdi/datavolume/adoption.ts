import { annotation } from '../../kube/objects.ts';
import type { Claim } from '../../storage/objects.ts';
import { allowAdoption, createdFor, populatedFor } from '../names.ts';
import type { DataVolume } from '../objects.ts';

/** Whether a DataVolume has still to fill a claim: not if it may adopt it, or if somebody says it is filled. */
export function needsWork(claim: Claim, volume: DataVolume): boolean {
  return !isPopulatedFor(claim, volume) && !mayAdopt(claim, volume);
}

export function isPopulatedFor(claim: Claim, volume: DataVolume): boolean {
  return annotation(claim, populatedFor) === volume.metadata.name;
}

/** A claim that the DataVolume did not make is adopted whatever it holds, where the DataVolume allows it. */
export function mayAdopt(claim: Claim, volume: DataVolume): boolean {
  if (annotation(claim, createdFor) === volume.metadata.uid) return false;
  return annotation(volume, allowAdoption) === 'true';
}
