/** Every generated file but the registry of kinds: what is written and what is compared come from the same list. */
import { join } from 'node:path';
import { access } from '../controllers/access.ts';
import { definitions } from '../schema/index.ts';
import type { Artefact } from './artefact.ts';
import { clusterRoleTemplate, crdTemplate, valuesSchema } from './chart.ts';
import { customResourceDefinition } from './crd.ts';
import { readExamples } from './examples.ts';
import { generateReference } from './reference.ts';
import { toYaml } from './yaml.ts';

const notice = '# Generated from operator/ by `npm run generate`: edit there.\n';

/** `root` is the project's, where the examples are read from. */
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
