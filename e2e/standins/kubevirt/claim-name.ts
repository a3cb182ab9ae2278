import type { Volume } from './types.ts';

/** The claim behind a volume: a DataVolume's has its name. */
export function claimNameOf(volume: Volume): string | undefined {
  return volume.persistentVolumeClaim?.claimName ?? volume.dataVolume?.name;
}
