/** Who made a claim that bears the name of a DataVolume. */
import type { DataVolume, PersistentVolumeClaim } from '../../cluster/kinds.generated.ts';

const createdFor = 'cdi.kubevirt.io/createdForDataVolume';

/**
 * Whether CDI made the claim for this very DataVolume. It may take over one that it finds instead, whatever is in it,
 * and makes itself its owner, so that owners tell nothing.
 */
export function isMadeFor(
  { metadata }: PersistentVolumeClaim,
  volume: Pick<DataVolume, 'metadata'> | undefined,
): boolean {
  const uid = volume?.metadata.uid;
  return uid !== undefined && metadata.annotations?.[createdFor] === uid;
}
