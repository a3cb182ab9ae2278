/** Every file that is generated, as text: what is written and what is compared come from the same list. */
import { join } from 'node:path';
import { access } from '../controllers/access.ts';
import { definitions } from '../schema/index.ts';
import { clusterRoleTemplate, crdTemplate, valuesSchema } from './chart.ts';
import { customResourceDefinition } from './crd.ts';
import { readDefinitions } from './crd-files.ts';
import { readExamples } from './examples.ts';
import { generateKinds } from './kinds.ts';
import { generateReference } from './reference.ts';
import { toYaml } from './yaml.ts';

export interface Artefact {
  /** From the root of the project. */
  readonly path: string;
  readonly text: string;
}

const notice = '# Generated from operator/ by `npm run generate`: edit there.\n';

/** All artefacts; `root` is where the real CRDs of other projects and the examples are read from. */
export function artefacts(root: string): readonly Artefact[] {
  return [
    ...definitions.flatMap(crdArtefacts),
    {
      path: 'charts/envclone/templates/clusterrole.generated.yaml',
      text: notice + clusterRoleTemplate(access),
    },
    { path: 'charts/envclone/values.schema.json', text: valuesSchema() },
    {
      path: 'crds/reference.md',
      text: generateReference(definitions, readExamples(join(root, 'crds/examples'))),
    },
    {
      path: 'operator/cluster/kinds.generated.ts',
      text: generateKinds(readDefinitions(join(root, 'e2e/crds'))),
    },
  ];
}

function crdArtefacts(definition: (typeof definitions)[number]): readonly Artefact[] {
  const crd = customResourceDefinition(definition);
  const { plural } = definition;
  return [
    { path: `crds/envclone.io_${plural}.yaml`, text: notice + toYaml(crd) },
    { path: `charts/envclone/templates/crds/${plural}.generated.yaml`, text: notice + crdTemplate(crd) },
  ];
}
