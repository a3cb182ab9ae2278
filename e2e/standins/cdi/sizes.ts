/** The part of a file system that CDI reckons its metadata takes, from CDIConfig's default. */
export const FILESYSTEM_OVERHEAD = 0.06;

/** How large an image on a file system of `bytes` can be, as CDI reckons: in whole mebibytes. */
export function usableSpace(bytes: number): number {
  return Math.floor((bytes * (1 - FILESYSTEM_OVERHEAD)) / MEBIBYTE) * MEBIBYTE;
}

export const MEBIBYTE = 1024 * 1024;

/** The size of a claim, in bytes, that holds an image of `bytes`: a file system needs more, a block device not. */
export function inflate(bytes: number, volumeMode: string | undefined): number {
  return volumeMode === 'Block' ? bytes : Math.ceil(bytes * (1 + FILESYSTEM_OVERHEAD));
}
