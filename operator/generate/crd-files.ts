/** CustomResourceDefinitions from a folder of YAML files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { CustomResourceDefinition } from './crd.ts';

/** Every CustomResourceDefinition of the `.yaml` files of a folder. */
export function readDefinitions(folder: string): readonly CustomResourceDefinition[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), 'utf8')))
    .map((document) => document.toJS() as { kind?: string } | null)
    .filter((object): object is CustomResourceDefinition => object?.kind === 'CustomResourceDefinition');
}
