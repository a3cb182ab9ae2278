/** The examples in `crds/examples`: shown on the reference page, and accepted by the API server in a test. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface Example {
  readonly kind: string;
  /** As written, comments included. */
  readonly text: string;
}

/** One example per file. */
export function readExamples(folder: string): readonly Example[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .map((text) => ({ kind: (parse(text) as { kind: string }).kind, text }));
}
