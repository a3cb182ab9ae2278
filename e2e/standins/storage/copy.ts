import { execFile, spawnSync } from 'node:child_process';
import { constants, copyFileSync } from 'node:fs';
import { promisify } from 'node:util';

export interface Copy {
  readonly from: string;
  readonly to: string;
}

/**
 * Copies files while nothing else runs in this process: for guests that live in it, all copies are of one instant.
 * They share blocks where the file system can, and have the holes of their originals where it cannot.
 */
export function copyAtOnce(copies: readonly Copy[]): void {
  const left = copies.filter((copy) => !reflinked(copy));
  if (left.length === 0) return;
  const script = left
    .map((_, index) => `${sparseCopy} "\${${2 * index + 1}}" "\${${2 * index + 2}}"`)
    .join(' && ');
  const files = left.flatMap(({ from, to }) => [from, to]);
  const result = spawnSync('sh', ['-c', script, 'copy', ...files], { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`copying ${files.join(', ')}: ${result.stderr}`);
}

/** Copies a file that nobody writes to. */
export async function copyFile(copy: Copy): Promise<void> {
  if (reflinked(copy)) return;
  await promisify(execFile)('sh', ['-c', `${sparseCopy} "$1" "$2"`, 'copy', copy.from, copy.to]);
}

// Only coreutils' cp has --sparse; elsewhere a plain cp writes the holes out.
const sparseCopy = process.platform === 'linux' ? 'cp --sparse=always --reflink=never' : 'cp';

let canReflink = true;

function reflinked({ from, to }: Copy): boolean {
  if (!canReflink) return false;
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
    canReflink = false;
    return false;
  }
}
