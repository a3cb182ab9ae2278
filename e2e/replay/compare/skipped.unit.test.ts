import { expect, it } from 'vitest';
import type { History } from './histories.ts';
import { fitsAnother } from './skipped.ts';

const path = 'status.phase';

function volume(name: string, phases: readonly string[], field = path): History {
  const values = phases.map((value, ms) => ({ value, ms, version: BigInt(ms) }));
  const title = `DataVolume a/${name}`;
  return {
    kind: 'DataVolume',
    title,
    uid: name,
    settled: true,
    contended: false,
    fields: new Map([[field, values]]),
  };
}

const recorded = (...volumes: readonly History[]) => new Map(volumes.map((each) => [each.title, each]));

it('a phase that the recording skipped may be told, where another object of it told it', () => {
  const [skipping, whole] = [
    volume('one', ['—', 'Scheduled', 'Succeeded']),
    volume('two', ['—', 'Scheduled', 'Cloning', 'Succeeded']),
  ];
  const fits = (phases: readonly string[]) =>
    fitsAnother(path, skipping, volume('one', phases), recorded(skipping, whole));
  expect(fits(['—', 'Scheduled', 'Cloning', 'Succeeded'])).toBe(true);
  expect(fits(['—', 'Cloning', 'Scheduled', 'Succeeded'])).toBe(false);
  expect(fits(['—', 'Scheduled', 'Failed', 'Succeeded'])).toBe(false);
  expect(fits(['—', 'Scheduled', 'Cloning'])).toBe(false);
});

it('names of their own do not tell two objects apart', () => {
  const field = 'status.conditions[Bound].message';
  const [one, two] = [
    volume('one', ['PVC one Bound'], field),
    volume('two', ['PVC two Pending', 'PVC two Bound'], field),
  ];
  const ours = volume('one', ['PVC one Pending', 'PVC one Bound'], field);
  expect(fitsAnother(field, one, ours, recorded(one, two))).toBe(true);
});

it('between two reasons a condition may be without one', () => {
  const field = 'status.conditions[Ready].reason';
  const real = volume('one', ['—', 'CloneScheduled', 'TransferRunning', '—'], field);
  const ours = volume('one', ['—', 'CloneScheduled', '—', 'TransferRunning', '—'], field);
  expect(fitsAnother(field, real, ours, recorded(real))).toBe(true);
});

it('of several snapshots of one machine any may have its lock next', () => {
  const field = 'status.conditions[Progressing].reason';
  const snapshot = (name: string, reasons: readonly string[]): History => ({
    ...volume(name, reasons, field),
    kind: 'VirtualMachineSnapshot',
  });
  const [first, second] = [
    snapshot('first', ['—', 'not locked', 'locked', 'complete']),
    snapshot('second', ['—', 'not locked', 'another in progress', 'locked', 'complete']),
  ];
  const fits = (real: History, reasons: readonly string[]) =>
    fitsAnother(field, real, snapshot('ours', reasons), recorded(first, second));
  expect(fits(first, ['—', 'not locked', 'another in progress', 'locked', 'complete'])).toBe(true);
  expect(fits(first, ['—', 'another in progress', 'not locked', 'locked', 'complete'])).toBe(false);
});
