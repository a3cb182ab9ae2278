/** A folder per case: `input.yaml` → `output.yaml`. `GOLDEN=write vitest run …` writes the outputs anew, to be read in review. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Readiness } from '../../schema/environment.ts';
import { aContext, aMachine, aMachineSpec } from '../../testing/index.ts';
import type { CapturedMachine } from '../capture/model.ts';
import { cloneMachine } from './machine.ts';

interface Input {
  /** The case as a sentence. */
  readonly about: string;
  /** Spec of the EnvironmentClone. */
  readonly clone?: Record<string, unknown>;
  readonly machine: Partial<CapturedMachine>;
  readonly probe?: Readiness;
}

const folder = join(import.meta.dirname, 'golden');

describe('a generated VM', () => {
  for (const name of readdirSync(folder)) {
    const input: Input = parse(readFileSync(join(folder, name, 'input.yaml'), 'utf8'));
    it(input.about, () => {
      const output = stringify(generate(input), { lineWidth: 0, aliasDuplicateObjects: false });
      const file = join(folder, name, 'output.yaml');
      if (process.env.GOLDEN === 'write') writeFileSync(file, output);
      expect(output).toBe(readFileSync(file, 'utf8'));
    });
  }

  it('is the same at every look, and leaves what was captured as it was', () => {
    const machine = aMachine('db', { spec: aMachineSpec('db') });
    const before = structuredClone(machine);
    const generated = cloneMachine({ machine, tier: 0 }, aContext());
    expect(cloneMachine({ machine, tier: 0 }, aContext())).toEqual(generated);
    expect(machine).toEqual(before);
  });

  it('stays where it belongs and whose it is, whatever a patch says', () => {
    const patches = [
      { op: 'replace', path: '/metadata/namespace', value: 'kube-system' },
      { op: 'replace', path: '/metadata/name', value: 'other' },
      { op: 'remove', path: '/metadata/ownerReferences' },
      { op: 'replace', path: '/metadata/labels', value: { team: 'qa' } },
      { op: 'remove', path: '/spec/template/metadata/labels/envclone.io~1clone' },
    ].map((each) => JSON.stringify(each));
    const request = { machine: aMachine(), tier: 3 };
    const plain = cloneMachine(request, aContext());
    const patched = cloneMachine(request, aContext({ overrides: [{ name: 'all', patches }] }));
    const { app: _, ...marks } = plain.metadata.labels!;
    expect(patched.metadata).toEqual({ ...plain.metadata, labels: { team: 'qa', ...marks } });
    expect(patched.spec.template.metadata?.labels).toEqual(plain.spec.template.metadata?.labels);
  });
});

function generate({ clone = {}, machine, probe }: Input) {
  const whole = aMachine('db', { disks: [], macAddresses: {}, ...machine });
  return cloneMachine({ machine: whole, tier: 1, probe }, aContext(clone));
}
