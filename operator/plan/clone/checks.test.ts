import { describe, expect, it } from 'vitest';
import { labels } from '../../names.ts';
import type { ObservedClone } from '../../observe/environment-clone.ts';
import {
  aCapture,
  aClaim,
  aClone,
  aClonedMachine,
  aContext,
  accepted,
  aDesire,
  aDisk,
  aMachine,
  aMachineSpec,
  anAttempt,
  applications,
  aStorageClass,
  classes,
  observedClone,
  sameNamespace,
} from '../../testing/index.ts';
import type { CapturedEnvironment } from '../capture/model.ts';
import { blockersOf } from './checks.ts';

function check(
  spec: Record<string, unknown> = {},
  captured: CapturedEnvironment = aCapture(),
  more: Partial<ObservedClone> = {},
) {
  const context = aContext(spec);
  const attempt = anAttempt({ captured, verdict: accepted });
  const observed = observedClone({ clone: aClone(spec), attempt, ...more });
  const desired = aDesire(captured, context, observed.storageClasses);
  return blockersOf({ observed, context, captured, desired });
}

const reasons = (...of: Parameters<typeof check>) => check(...of).map(({ reason }) => reason);
const message = (...of: Parameters<typeof check>) => check(...of)[0]?.message;
const one = (machine: Parameters<typeof aMachine>[1]) => aCapture({ machines: [aMachine('db', machine)] });
const stranger = { metadata: { name: 'db', labels: { [labels.clone]: 'another-clone' } } };

it('nothing stands against a clone that is all right', () => {
  expect(check()).toEqual([]);
});

describe('a clone is refused', () => {
  it('when a VM would have a name of more than 63 characters', () => {
    const names = { suffix: `-${'x'.repeat(39)}` };
    const long = aMachine('a'.repeat(24), { applications: ['db'] });
    expect(message({ names }, aCapture({ machines: [long] }))).toContain('64 characters');
    const fits = aMachine('a'.repeat(23), { applications: ['db'] });
    expect(check({ names }, aCapture({ machines: [fits] }))).toEqual([]);
  });

  it('when a VM of its name exists that it did not make', () => {
    const machines = new Map([['db', { ...aClonedMachine(), ...stranger }]]);
    const target = { ...observedClone().target, machines };
    expect(message({}, aCapture(), { target })).toContain('VirtualMachine staging/db exists already');
  });

  const inTheWay = (metadata = {}) => {
    const claim = { ...aClaim('db-root'), metadata: { name: 'db-root', ...metadata } };
    return { ...observedClone().target, claims: new Map([['db-root', claim]]) };
  };

  it('when a claim of its name exists that it did not make', () => {
    expect(reasons({}, aCapture(), { target: inTheWay() })).toEqual(['AlreadyExists']);
  });

  it('finding F adopts, D DataVolume: when its DataVolume would take over a claim that CDI did not make for it', () => {
    const dataVolumes = [{ metadata: { name: 'db-root', uid: 'uid-of-volume' }, spec: {} }];
    const children = { ...observedClone().children, dataVolumes };
    const made = { 'cdi.kubevirt.io/createdForDataVolume': 'uid-of-volume' };
    const ownerReferences = [{ apiVersion: '', kind: 'DataVolume', name: 'db-root', uid: 'uid-of-volume' }];
    expect(check({}, aCapture(), { target: inTheWay({ annotations: made }), children })).toEqual([]);
    expect(reasons({}, aCapture(), { target: inTheWay({ ownerReferences }), children })).toEqual([
      'AlreadyExists',
    ]);
  });

  it('finding A10: when a snapshot has vanished from the capture before its disk was asked for, and not after', () => {
    expect(message({}, aCapture(), { disks: [] })).toContain('snapshot of db-root is gone from the capture');
    const claims = new Map([['db-root', aClaim('db-root', 'Pending')]]);
    const target = { ...observedClone().target, claims };
    expect(check({}, aCapture(), { disks: [], target })).toEqual([]);
    expect(check({}, aCapture(), { disks: [], attempt: anAttempt() })).toEqual([]);
  });

  it('when a Service of its name exists that it did not make', () => {
    const services = [{ name: 'db', labels: {}, annotations: {}, spec: { selector: { app: 'db' } } }];
    const target = { ...observedClone().target, services: new Map([['db', stranger]]) };
    expect(reasons({}, aCapture({ services }), { target })).toEqual(['AlreadyExists']);
  });

  it('when a storage class is missing, once per class', () => {
    const disks = [aDisk('db-root'), aDisk('db-data')];
    const found = check({}, one({ disks }), { storageClasses: classes(aStorageClass('other')) });
    expect(found).toMatchObject([
      { reason: 'StorageClassNotFound', message: expect.stringContaining('"fast" for db-root, db-data') },
    ]);
  });

  it('when a disk would be copied by a host and that is not allowed', () => {
    const storageClasses = classes(aStorageClass(), aStorageClass('foreign', { provisioner: 'other' }));
    const map = [{ from: 'fast', to: 'foreign' }];
    const disks = { storageClasses: map, allowHostCopy: false };
    expect(reasons({ disks }, aCapture(), { storageClasses })).toEqual(['HostCopyNotAllowed']);
    expect(check({ disks: { ...disks, allowHostCopy: true } }, aCapture(), { storageClasses })).toEqual([]);
  });

  it('when a network is not mapped, however it is written', () => {
    const networks = [{ name: 'lan', multus: { networkName: 'lan' } }];
    const captured = one({ spec: aMachineSpec('db', { networks }) });
    expect(message({}, captured)).toContain('db is on network "lan"');
    expect(check({ networks: [{ source: 'production/lan', drop: true }] }, captured)).toEqual([]);
    expect(reasons({ networks: [{ source: 'staging/lan', drop: true }] }, captured)).toEqual([
      'NetworkNotMapped',
    ]);
  });

  it('when a disk is a file of its node', () => {
    const volumes = [{ name: 'file', hostDisk: { path: '/disk.img', type: 'Disk' } }] as never;
    expect(reasons({}, one({ spec: aMachineSpec('db', { volumes }) }))).toEqual(['VolumeNotCloneable']);
  });

  it('when the applications of one VM ask for different probes', () => {
    const both = (first: number, second: number) =>
      aCapture({
        applications: applications(
          { name: 'db', readiness: { type: 'TCPSocket', tcpSocket: { port: first }, timeout: '1m' } },
          { name: 'mq', readiness: { type: 'TCPSocket', tcpSocket: { port: second }, timeout: '2m' } },
        ),
        machines: [aMachine('db', { applications: ['db', 'mq'] })],
      });
    expect(message({}, both(5432, 5672))).toContain('runs db, mq');
    expect(check({}, both(5432, 5432))).toEqual([]);
  });

  it.each([
    ['is no JSON', '{'],
    ['has no such path', '{"op":"remove","path":"/spec/nothing"}'],
    ['is no operation', '5'],
    ['changes a prototype', '{"op":"add","path":"/__proto__/x","value":1}'],
    ['leaves no template', '{"op":"remove","path":"/spec/template"}'],
    ['leaves no object', '{"op":"replace","path":"","value":5}'],
  ])('when a patch %s', (_, patch) => {
    const overrides = [{ name: 'mine', patches: [patch] }];
    expect(reasons({ overrides })).toEqual(['PatchInvalid']);
    expect(check({ overrides: [{ name: 'mine', virtualMachines: ['web'], patches: [patch] }] })).toEqual([]);
  });

  it('for all reasons at once, so that they are mended in one go', () => {
    const volumes = [{ name: 'file', hostDisk: { path: '/disk.img', type: 'Disk' } }] as never;
    const captured = one({ spec: aMachineSpec('db', { volumes }) });
    const storageClasses = new Map();
    expect(reasons({}, captured, { storageClasses })).toEqual(['StorageClassNotFound', 'VolumeNotCloneable']);
  });
});

describe('in the namespace of the source a clone is refused', () => {
  const loner = aCapture();
  const selecting = (matchLabels: Record<string, string>) => [
    { kind: 'Service' as const, name: 'web', selector: { matchLabels } },
  ];

  it('when its VMs would find production by short Service names', () => {
    const two = aCapture({
      machines: ['db', 'db-2'].map((name) => aMachine(name, { applications: ['db'] })),
    });
    expect(reasons(sameNamespace, two)).toEqual(['WouldReachSource']);
    const depends = aCapture({
      applications: applications({ name: 'db', dependsOn: ['mq'] }, { name: 'mq' }),
    });
    expect(reasons(sameNamespace, depends)).toEqual(['WouldReachSource']);
    expect(check(sameNamespace, loner)).toEqual([]);
  });

  it('when something there would select its VMs', () => {
    const selectors = selecting({ 'kubevirt.io': 'virt-launcher' });
    expect(message(sameNamespace, loner, { selectors })).toContain(
      'Service staging/web would select VM db-copy',
    );
    expect(check(sameNamespace, loner, { selectors: selecting({ app: 'db' }) })).toEqual([]);
  });

  it('when a patch puts back a label by which something selects', () => {
    const patch = { op: 'add', path: '/spec/template/metadata/labels/app', value: 'db' };
    const overrides = [{ name: 'label', patches: [JSON.stringify(patch)] }];
    const selectors = selecting({ app: 'db' });
    expect(reasons({ ...sameNamespace, overrides }, loner, { selectors })).toEqual(['WouldJoinSource']);
  });

  it('when it would take the names of the source', () => {
    const machines = new Map([['db', { ...aClonedMachine(), ...stranger }]]);
    const target = { ...observedClone().target, machines };
    expect(reasons({ ...sameNamespace, names: {} }, loner, { target })).toEqual(['AlreadyExists']);
  });
});
