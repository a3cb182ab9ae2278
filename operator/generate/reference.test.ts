import { expect, it } from 'vitest';
import { z } from 'zod';
import { immutable, withRules } from '../schema/kubernetes.ts';
import { generateReference } from './reference.ts';

const definition = {
  kind: 'Thing',
  plural: 'things',
  shortNames: ['th'],
  scope: 'Namespaced',
  description: 'A thing.',
  spec: withRules(z.object({ size: z.int().min(1).default(3).describe('How large.') }), ...immutable('size')),
  status: z.object({ phase: z.enum(['New', 'Old']).optional().describe('How far.') }),
  columns: [
    { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
    { name: 'Size', type: 'integer', jsonPath: '.spec.size', priority: 1 },
  ],
} as const;

it('writes a page with an example, every field, every rule, the status and the columns', () => {
  const page = generateReference([definition], [{ kind: 'Thing', text: 'kind: Thing\n' }]);
  expect(page.slice(page.indexOf('## Thing'))).toBe(`## Thing

A thing. Short name: \`th\`.

\`\`\`yaml
kind: Thing
\`\`\`

### Fields

| field | type | default | |
| --- | --- | --- | --- |
| \`spec.size\` | integer from 1 | \`3\` | How large. |

### Rules

- \`spec\`: size cannot be changed after creation: delete the object and create another

### Status

| field | type | |
| --- | --- | --- |
| \`status.phase\` | \`New\` or \`Old\` | How far. |

\`kubectl get\` shows Phase, Size (with \`-o wide\`).
`);
});

it('fails for a kind without an example', () => {
  expect(() => generateReference([definition], [])).toThrow('crds/examples has none of Thing');
});
