import { expect, it } from 'vitest';
import type { History, Value } from './histories.ts';
import { untilInterrupted } from './interruptions.ts';

/** Values by field and millisecond, which is their version as well. */
type Fields = Readonly<Record<string, Readonly<Record<number, string>>>>;

function history(kind: string, fields: Fields, leavingMs: number): History {
  const valuesOf = (values: Readonly<Record<number, string>>): readonly Value[] =>
    Object.entries(values).map(([ms, value]) => ({ value, ...moment(Number(ms)) }));
  const entries = Object.entries(fields).map(([path, values]) => [path, valuesOf(values)] as const);
  return {
    kind,
    title: `${kind} a/b`,
    uid: 'b',
    fields: new Map(entries),
    created: moment(0),
    leaving: moment(leavingMs),
    deleted: moment(leavingMs + 500),
    contended: false,
    settled: true,
  };
}

function moment(ms: number) {
  return { ms, version: BigInt(ms) };
}

/** How far an object is compared, by the values of its phase. */
function phasesOf(object: History): readonly string[] | undefined {
  const [after] = untilInterrupted(new Map([[object.title, object]])).values();
  return after!.fields.get('status.phase')?.map(({ value }) => value);
}

it('what had come to rest is compared to its end', () => {
  const volume = history('DataVolume', { 'status.phase': { 10: 'Pending', 1600: 'Failed' } }, 1500);
  expect(phasesOf(volume)).toEqual(['Pending', 'Failed']);
});

it('what was on its way is compared until it was told to go', () => {
  const volume = history('DataVolume', { 'status.phase': { 500: 'Pending', 1100: 'Failed' } }, 1000);
  expect(phasesOf(volume)).toEqual(['Pending']);
});

it('so is what had only just been made', () => {
  const volume = history('DataVolume', { 'status.phase': { 150: 'Pending' } }, 100);
  expect(phasesOf(volume)).toBeUndefined();
});

it('an instance that has not run yet is on its way for longer, one that runs is not', () => {
  const instance = (phase: string) =>
    history('VirtualMachineInstance', { 'status.phase': { 500: phase, 2100: 'Failed' } }, 2000);
  expect(phasesOf(instance('Scheduled'))).toEqual(['Scheduled']);
  expect(phasesOf(instance('Running'))).toEqual(['Running', 'Failed']);
});

it('what it was last is not taken for lasting: the interruption came at that moment', () => {
  const volume = history('DataVolume', { 'status.phase': { 500: 'Pending', 1100: 'Failed' } }, 1000);
  const [after] = untilInterrupted(new Map([[volume.title, volume]])).values();
  expect(after).toMatchObject({ settled: false, interruptedMs: 1000 });
});
