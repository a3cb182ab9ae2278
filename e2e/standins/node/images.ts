import type { Pod } from './objects.ts';

/** What the cluster brings itself is there; anything else can be pulled, unless it must not be. */
const OWN_IMAGES = /^cluster\.local\/(kubevirt|cdi)/;

/** The image that a pod mounts as a volume, must not pull, and does not find; `undefined` when there is none. */
export function absentImage({ spec }: Pod): string | undefined {
  const images = (spec.volumes ?? []).flatMap(({ image }) => image ?? []);
  return images.find(({ pullPolicy, reference }) => pullPolicy === 'Never' && !OWN_IMAGES.test(reference))
    ?.reference;
}
