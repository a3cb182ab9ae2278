/** `main.ts` writes every generated file; `main.ts --check` writes nothing and fails when one is stale. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Artefact, artefacts } from './artefacts.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const all = artefacts(root);
const stale = all.filter((artefact) => contentOf(artefact) !== artefact.text);
if (values.check) report();
else for (const artefact of stale) write(artefact);

function report(): void {
  for (const { path } of stale) console.error(`${path} is stale: \`npm run generate\` writes it anew`);
  if (stale.length > 0) process.exitCode = 1;
  else console.log(`${all.length} generated files are up to date`);
}

function write({ path, text }: Artefact): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  console.log(`wrote ${path}`);
}

function contentOf({ path }: Artefact): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
