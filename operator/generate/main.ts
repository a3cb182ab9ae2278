/** `main.ts` writes every generated file; `main.ts --check` writes nothing and fails when one is stale. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Artefact } from './artefact.ts';
import { kindsArtefact } from './kinds.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const kinds = kindsArtefact(root);
if (values.check) check(isStale(kinds) ? [kinds] : [kinds, ...(await otherArtefacts())]);
else {
  write(kinds);
  for (const artefact of await otherArtefacts()) write(artefact);
}

/** The other generators import the registry of kinds, so they are loaded once it is right. */
async function otherArtefacts(): Promise<readonly Artefact[]> {
  const { artefacts } = await import('./artefacts.ts');
  return artefacts(root);
}

function check(artefacts: readonly Artefact[]): void {
  const stale = artefacts.filter(isStale);
  for (const { path } of stale) console.error(`${path} is stale: \`npm run generate\` writes it anew`);
  if (stale.length > 0) process.exitCode = 1;
  else console.log(`${artefacts.length} generated files are up to date`);
}

function write(artefact: Artefact): void {
  if (!isStale(artefact)) return;
  const path = join(root, artefact.path);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, artefact.text);
  console.log(`wrote ${artefact.path}`);
}

function isStale({ path, text }: Artefact): boolean {
  try {
    return readFileSync(join(root, path), 'utf8') !== text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}
