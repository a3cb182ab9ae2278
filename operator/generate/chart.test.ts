import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chartValues } from '../schema/chart-values.ts';
import { definitions } from '../schema/index.ts';
import { crdTemplate } from './chart.ts';
import { customResourceDefinition } from './crd.ts';

describe('crdTemplate', () => {
  const crd = customResourceDefinition(definitions[0]);

  it('keeps the definition when the chart is removed', () => {
    expect(crdTemplate(crd)).toContain('helm.sh/resource-policy: keep');
  });

  it('lets braces in a description through Helm as they are', () => {
    const braced = { ...crd, metadata: { name: 'a {{ b }} c' } };
    expect(crdTemplate(braced)).toContain('a {{ "{{" }} b }} c');
  });
});

describe('chartValues', () => {
  const defaults = parse(readFileSync(new URL('../../charts/envclone/values.yaml', import.meta.url), 'utf8'));

  it('accepts the defaults of the chart', () => {
    expect(chartValues.parse(defaults)).toEqual(defaults);
  });

  it('refuses a misspelt value', () => {
    expect(chartValues.safeParse({ ...defaults, loglevel: 'info' }).success).toBe(false);
  });
});
