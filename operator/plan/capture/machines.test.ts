import { describe, expect, it } from 'vitest';
import {
  aLiveClaim,
  aLiveMachine,
  aMachineSpec,
  applications,
  aRunningInstance,
  driverClasses,
} from '../../testing/index.ts';
import {
  captureMachine,
  chooseClass,
  type LiveMachine,
  planGroups,
  type SnapshotClasses,
} from './machines.ts';
import type { CapturedMachine } from './model.ts';

const names = { snapshot: 'nightly', attempt: 1 };
const capture = (live: LiveMachine, classes: SnapshotClasses = driverClasses()) =>
  captureMachine(live, applications({ name: 'db' }), classes, planGroups([live], classes, names), names);
const captured = (live: LiveMachine, classes?: SnapshotClasses) => capture(live, classes) as CapturedMachine;
const reasons = (live: LiveMachine, classes?: SnapshotClasses) =>
  (capture(live, classes) as readonly { reason: string }[]).map(({ reason }) => reason);

describe('what a capture keeps of a VM', () => {
  it('is the revision that was running, with the runStrategy of now', () => {
    const live = aLiveMachine();
    const edited = aMachineSpec('db', { hostname: 'edited-since' });
    const machine = { ...live.machine, spec: { ...edited, runStrategy: 'Manual' } };
    const { spec } = captured({ ...live, machine, runningSpec: aMachineSpec('db', { hostname: 'started' }) });
    expect(spec.template.spec).toMatchObject({ hostname: 'started' });
    expect(spec.runStrategy).toBe('Manual');
  });

  it('has the interfaces that KubeVirt gave it where its template names none', () => {
    const live = aLiveMachine();
    const machine = { ...live.machine, spec: aMachineSpec('db', { networks: undefined }) };
    const instance = aRunningInstance('db', {
      spec: {
        domain: { devices: { interfaces: [{ name: 'default' }] } },
        networks: [{ name: 'default', pod: {} }],
      },
    });
    const { template } = captured({ ...live, machine, instance }).spec;
    expect(template.spec?.networks).toEqual([{ name: 'default', pod: {} }]);
    expect(template.spec?.domain.devices.interfaces).toEqual([{ name: 'default' }]);
  });

  it('finding B §7: has the firmware identity that the guest was started with', () => {
    const live = aLiveMachine();
    const instance = aRunningInstance('db', {
      spec: { domain: { firmware: { uuid: 'started-with' }, devices: {} } },
    });
    expect(captured({ ...live, instance }).spec.template.spec?.domain.firmware?.uuid).toBe('started-with');
  });

  it('finding B §7 MAC: has the hardware addresses that the guest had', () => {
    expect(captured(aLiveMachine()).macAddresses).toEqual({ default: '02:00:00:00:00:01' });
  });

  it('finding F volumeAttributes: goes by the volume that its claim is bound to, whatever that says of itself', () => {
    const live = aLiveMachine();
    const [claim] = live.claims;
    const csi = {
      ...claim!.volume!.spec!.csi!,
      volumeAttributes: {
        'csi.storage.k8s.io/pvc/name': 'tmp-pvc',
        'csi.storage.k8s.io/pvc/namespace': 'golden',
      },
    };
    const volume = { ...claim!.volume!, spec: { ...claim!.volume!.spec, csi } };
    expect(captured({ ...live, claims: [{ ...claim!, volume }] })).toEqual(captured(live));
  });

  it('says that a VM was halted when it had no running instance, one on its way out, or was told to stop', () => {
    const leaving = aRunningInstance('db', {
      metadata: { name: 'db', deletionTimestamp: '2026-11-21T12:00:00Z' },
    });
    expect(captured(aLiveMachine('db', { instance: undefined })).ran).toBe(false);
    expect(captured(aLiveMachine('db', { instance: leaving })).ran).toBe(false);
    const stopping = aLiveMachine();
    stopping.machine.spec.runStrategy = 'Halted';
    expect(captured(stopping).ran).toBe(false);
    expect(captured(aLiveMachine()).ran).toBe(true);
  });

  it('tells the claim of TPM and EFI variables from disks', () => {
    const claims = [aLiveClaim('db-root'), aLiveClaim('db-state', 'csi.example.com', 'State')];
    expect(captured(aLiveMachine('db', { claims })).disks.map(({ role }) => role)).toEqual(['Disk', 'State']);
  });

  it('never changes what the caches hold', () => {
    const live = aLiveMachine('db', { runningSpec: aMachineSpec('db') });
    const before = structuredClone(live);
    captured(live);
    expect(live).toEqual(before);
  });
});

describe('a disk cannot be captured', () => {
  const [claim] = [aLiveClaim('db-root')];

  it.each([
    ['whose claim does not exist', { ...claim, claim: undefined }, 'ClaimNotFound'],
    [
      'whose claim is not bound',
      { ...claim, claim: { ...claim.claim!, status: { phase: 'Pending' as const } } },
      'ClaimNotBound',
    ],
    ['whose volume is not known yet', { ...claim, volume: undefined }, 'ClaimNotBound'],
    [
      'that no CSI driver made',
      { ...claim, volume: { metadata: { name: 'nfs' }, spec: {} } },
      'NotSnapshotCapable',
    ],
    ['whose driver has no snapshot class', aLiveClaim('db-root', 'other.example.com'), 'NotSnapshotCapable'],
  ])('%s', (_, broken, reason) => {
    expect(reasons(aLiveMachine('db', { claims: [broken] }))).toEqual([reason]);
  });
});

describe('how disks are cut', () => {
  const claims = [aLiveClaim('a'), aLiveClaim('b'), aLiveClaim('c', 'other.example.com')];
  const drivers = ['csi.example.com', 'other.example.com'];

  it('is by one group per driver that has a group class, and one by one for the others', () => {
    const { disks } = captured(aLiveMachine('db', { claims }), driverClasses(['csi.example.com'], drivers));
    expect(disks.map(({ cut }) => cut.by)).toEqual([
      'VolumeGroupSnapshot',
      'VolumeGroupSnapshot',
      'VolumeSnapshot',
    ]);
    expect(disks[0]!.cut.name).toBe(disks[1]!.cut.name);
  });

  it('needs no group for a single disk of a driver', () => {
    const live = aLiveMachine('db', { claims: [aLiveClaim('a')] });
    expect(planGroups([live], driverClasses(drivers, drivers), names)).toEqual([]);
  });

  it('counts a claim that two VMs share once', () => {
    const shared = [
      aLiveMachine('one', { claims: [aLiveClaim('a')] }),
      aLiveMachine('two', { claims: [aLiveClaim('a')] }),
    ];
    expect(planGroups(shared, driverClasses(drivers, drivers), names)).toEqual([]);
  });

  it('has names that carry the attempt, and differ for claims and captures that begin alike', () => {
    const long = 'environment-'.repeat(8);
    const nameIn = (snapshot: string, attempt: number, claim: string) => {
      const live = aLiveMachine('db', { claims: [aLiveClaim(claim)] });
      const result = captureMachine(live, applications({ name: 'db' }), driverClasses(), [], {
        snapshot,
        attempt,
      });
      return (result as CapturedMachine).disks[0]!.cut.name;
    };
    const all = [
      nameIn(`${long}1`, 1, 'a'),
      nameIn(`${long}2`, 1, 'a'),
      nameIn(`${long}1`, 2, 'a'),
      nameIn(`${long}1`, 1, 'b'),
    ];
    expect(new Set(all).size).toBe(4);
    expect(all.every((name) => name.length <= 63)).toBe(true);
  });
});

describe('the class of a driver', () => {
  const aClass = (name: string, marked?: string) => ({
    metadata: { name, annotations: marked ? { [marked]: 'true' } : {} },
    driver: 'csi.example.com',
    deletionPolicy: 'Delete' as const,
  });

  it('is the one marked as default, else the first by name', () => {
    const marked = aClass('z', 'snapshot.storage.kubernetes.io/is-default-class');
    expect(chooseClass([aClass('b'), aClass('a'), marked], 'csi.example.com')).toBe('z');
    expect(chooseClass([aClass('b'), aClass('a')], 'csi.example.com')).toBe('a');
    expect(chooseClass([aClass('a')], 'other.example.com')).toBeUndefined();
  });
});
