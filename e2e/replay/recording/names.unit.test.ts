import { describe, expect, it } from 'vitest';
import { Names } from './names.ts';
import type { Line, RecordedObject } from './recording.ts';

const uid = (digit: number) => `${String(digit).repeat(8)}-1111-4111-8111-111111111111`;

function added(kind: string, name: string, digit: number, more: Partial<RecordedObject> = {}): Line {
  const metadata = { name, namespace: 'a', uid: uid(digit), ...(more.metadata as object) };
  return { ms: 0, event: 'ADDED', object: { kind, ...more, metadata } as RecordedObject };
}

const run = (first: number, suffix: string) => [
  added('VirtualMachine', 'web', first),
  added('Pod', `virt-launcher-web-${suffix}`, first + 1, {
    metadata: { generateName: 'virt-launcher-web-' } as never,
  }),
  added('PersistentVolumeClaim', `tmp-pvc-${uid(first)}`, first + 2),
  added('VirtualMachine', 'web', first + 3),
];

describe('names of a run', () => {
  it('become what they are the names of', () => {
    const names = Names.from(run(1, 'abcde'));
    expect(names.canonical(`owner ${uid(1)}`)).toBe('owner ‹uid of VirtualMachine a/web›');
    expect(names.canonical(`owner ${uid(4)}`)).toBe('owner ‹uid of VirtualMachine a/web #2›');
    expect(names.canonical('virt-launcher-web-abcde is Pending')).toBe(
      '‹Pod a/virt-launcher-web-…› is Pending',
    );
    expect(names.canonical(`tmp-pvc-${uid(1)}`)).toBe('tmp-pvc-‹uid of VirtualMachine a/web›');
  });

  it('are those of another run where that one has them, and stay where it has not', () => {
    const [one, other] = [Names.from(run(1, 'abcde')), Names.from(run(5, 'vwxyz').slice(0, 2))];
    expect(one.translate('/pods/virt-launcher-web-abcde', other)).toBe('/pods/virt-launcher-web-vwxyz');
    expect(one.translate(`/claims/tmp-pvc-${uid(1)}`, other)).toBe(`/claims/tmp-pvc-${uid(5)}`);
    expect(one.translate(`uid ${uid(4)}`, other)).toBe(`uid ${uid(4)}`);
  });
});

it('members of a group are told apart by what they are of', () => {
  const hash = 'a'.repeat(64);
  const spec = { source: { persistentVolumeClaimName: 'data' } };
  const names = Names.from([added('VolumeSnapshot', `snapshot-${hash}`, 1, { spec })]);
  expect(names.canonical(`snapshot-${hash}`)).toBe('‹VolumeSnapshot a/snapshot-… of data›');
});
