import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import type { ClusterClient, Kind } from '../../operator/cluster/index.ts';
import {
  environmentClones,
  environmentSnapshots,
  environments,
} from '../../operator/cluster/kinds.generated.ts';
import { readExamples } from '../../operator/generate/examples.ts';
import { definitions } from '../../operator/schema/index.ts';
import { accepted, connectTo } from './requests.ts';
import { aClone, anApplication, anEnvironment, aSnapshot, type Sample } from './samples.ts';

const kinds: readonly Kind[] = [environments, environmentSnapshots, environmentClones];
const examples = readExamples(fileURLToPath(new URL('../../crds/examples', import.meta.url)));

const samples: readonly (readonly [what: string, kind: Kind, object: Sample])[] = [
  ...examples.map(({ kind, text }) => {
    const example = parse(text) as Sample;
    const metadata = { ...example.metadata, namespace: 'default' };
    return [`the example of ${kind}`, kindNamed(kind), { ...example, metadata }] as const;
  }),
  ['an Environment of one application', environments, anEnvironment()],
  [
    'a readiness that only sets its timeout',
    environments,
    oneApplication({ readiness: { timeout: '1h30m' } }),
  ],
  [
    'a probe by command',
    environments,
    oneApplication({ readiness: { type: 'Exec', exec: { command: ['true'] } } }),
  ],
  ['a selector of expressions', environments, oneApplication({ virtualMachines: expressions() })],
  ['consent to all namespaces', environments, anEnvironment({ allowClonesFrom: {} })],
  ['a snapshot of some applications', environmentSnapshots, aSnapshot({ applications: ['web', 'db'] })],
  ['a clone of now', environmentClones, aClone()],
  ['a plan', environmentClones, aClone({ mode: 'Plan' })],
  [
    'a clone of one VM',
    environmentClones,
    aClone({ source: { environment: 'shop', virtualMachine: 'web-0' } }),
  ],
  ['names with a prefix', environmentClones, aClone({ names: { prefix: 'test-', suffix: '-2' } })],
  ['a network that is left out', environmentClones, aClone({ networks: [{ source: 'a/b', drop: true }] })],
];

function kindNamed(name: string): Kind {
  return kinds.find(({ kind }) => kind === name)!;
}

function oneApplication(more: object): Sample {
  return anEnvironment({ applications: [anApplication(more)] });
}

function expressions(): object {
  return { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'shop'] }] };
}

let client: ClusterClient & AsyncDisposable;

beforeAll(() => {
  client = connectTo(inject('kubeconfig'));
});

afterAll(() => client[Symbol.asyncDispose]());

describe('the API server accepts', () => {
  it.each(samples)('%s, and fills in what the schema fills in', async (_what, kind, object) => {
    const { spec } = definitions.find((definition) => definition.kind === kind.kind)!;
    expect(await accepted(client, kind, object)).toEqual(spec.parse(object.spec));
  });
});
