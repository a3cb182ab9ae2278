import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The Go modules that pin what is built: see hack/control-plane/. */
export const modulesDirectory = fileURLToPath(new URL('../../hack/control-plane/', import.meta.url));

/** Which versions to have, and a key that changes whenever anything about them does. */
export interface Pins {
  /** As in `v1.36.3`. */
  readonly kubernetes: string;
  readonly etcd: string;
  /** As in `1.26.0`. */
  readonly go: string;
  readonly key: string;
}

/** Reads the versions where they are pinned: in the go.mod files. */
export function readPins(directory = modulesDirectory): Pins {
  const kubernetes = readFileSync(join(directory, 'kubernetes/go.mod'), 'utf8');
  const etcd = readFileSync(join(directory, 'etcd/go.mod'), 'utf8');
  return {
    kubernetes: pinned(kubernetes, /k8s\.io\/kubernetes (v[\d.]+)/),
    etcd: pinned(etcd, /go\.etcd\.io\/etcd\/server\/v3 (v[\d.]+)/),
    go: pinned(kubernetes, /^go ([\d.]+)$/m),
    key: keyOf(directory),
  };
}

function pinned(goMod: string, pattern: RegExp): string {
  const version = pattern.exec(goMod)?.[1];
  if (version === undefined) throw new Error(`no line of go.mod matches ${pattern}`);
  return version;
}

function keyOf(directory: string): string {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const module of ['etcd', 'kubernetes']) {
    for (const file of readdirSync(join(directory, module)).sort()) {
      hash.update(`${module}/${file}\n`).update(readFileSync(join(directory, module, file)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
