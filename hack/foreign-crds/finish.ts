/** Makes what controller-gen wrote into what the real systems install, small: `finish.ts FROM TO`. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Dressing, kubevirtKinds } from './kubevirt.ts';

interface Schema {
  description?: unknown;
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
}

interface Version {
  name: string;
  served: boolean;
  storage: boolean;
  deprecated?: boolean;
  schema: { openAPIV3Schema: Schema };
  subresources?: { status?: object };
  additionalPrinterColumns?: { name: string; type: string; jsonPath: string }[];
}

interface Definition {
  metadata: { name: string; labels?: Record<string, string> };
  spec: {
    group: string;
    names: { shortNames?: readonly string[]; categories?: readonly string[] };
    scope: string;
    versions: Version[];
  };
}

const [from, to] = process.argv.slice(2);
if (!from || !to) throw new Error('usage: finish.ts FROM TO');
await finish(from, to);

async function finish(source: string, target: string): Promise<void> {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const file of (await readdir(source)).filter((name) => name.endsWith('.yaml'))) {
    const definition = parse(await readFile(join(source, file), 'utf8')) as Definition;
    if (isKept(file, definition)) await writeFile(join(target, file), text(finished(file, definition)));
  }
}

function isKept(file: string, { spec }: Definition): boolean {
  const isKubevirts = spec.group.endsWith('kubevirt.io') && spec.group !== 'cdi.kubevirt.io';
  return !isKubevirts || dressingOf(file) !== undefined;
}

function finished(file: string, definition: Definition): Definition {
  for (const { schema } of definition.spec.versions) shorten(schema.openAPIV3Schema, true);
  const dressing = dressingOf(file);
  return dressing ? dress(definition, dressing) : definition;
}

function dressingOf(file: string): Dressing | undefined {
  return kubevirtKinds[file.replace(/\.yaml$/, '')];
}

/** Drops descriptions, and lets the metadata of embedded objects hold what metadata holds. */
function shorten(schema: Schema, isRoot = false): void {
  delete schema.description;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (name === 'metadata' && !isRoot && property.type === 'object' && !property.properties) {
      property['x-kubernetes-preserve-unknown-fields'] = true;
    }
    shorten(property);
  }
  if (schema.items) shorten(schema.items);
  if (typeof schema.additionalProperties === 'object') shorten(schema.additionalProperties);
}

function dress({ metadata, spec, ...rest }: Definition, dressing: Dressing): Definition {
  const [stored] = spec.versions;
  if (!stored || spec.versions.length > 1) throw new Error(`${metadata.name}: expected one version`);
  const version: Version = { ...stored, ...partsOf(dressing) };
  const older = (dressing.olderVersions ?? []).map((name) => ({ ...version, name, storage: false }));
  return {
    ...rest,
    metadata: { ...metadata, labels: { 'app.kubernetes.io/managed-by': 'virt-operator', 'kubevirt.io': '' } },
    spec: {
      ...spec,
      scope: dressing.clusterScoped ? 'Cluster' : 'Namespaced',
      names: {
        ...spec.names,
        shortNames: dressing.shortNames,
        categories: dressing.clusterScoped ? [] : ['all'],
      },
      versions: [version, ...older],
    },
  };
}

function partsOf({
  hasStatus,
  columns,
}: Dressing): Pick<Version, 'subresources' | 'additionalPrinterColumns'> {
  return {
    subresources: hasStatus ? { status: {} } : undefined,
    additionalPrinterColumns: columns?.map(([name, type, jsonPath]) => ({ name, type, jsonPath })),
  };
}

// Versions that share a schema share it in the file as well, by an alias.
function text(definition: Definition): string {
  const yaml = stringify(definition, { version: '1.1', indentSeq: false, lineWidth: 0 });
  return `# Written by hack/foreign-crds.sh from published Go modules; for tests, never part of the chart.\n${yaml}`;
}
