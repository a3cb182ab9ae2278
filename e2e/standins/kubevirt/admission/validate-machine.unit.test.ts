import { expect, test } from 'vitest';
import { aMachine, aSpec } from '../testing.ts';
import type { InstanceSpec, VirtualMachine } from '../types.ts';
import { validateMachine } from './validate-machine.ts';

const messages = (vm: VirtualMachine) => validateMachine(vm).map(({ message }) => message);
const withSpec = (spec: Partial<InstanceSpec>, labels?: Record<string, string>) =>
  aMachine({ template: { metadata: { labels }, spec: { ...aSpec(), ...spec } } });
const withDevices = (devices: Partial<InstanceSpec['domain']['devices']>) => {
  const spec = aSpec();
  return withSpec({ domain: { ...spec.domain, devices: { ...spec.domain.devices, ...devices } } });
};
const disk0 = { name: 'disk0', disk: {} };
const nic = { name: 'default', masquerade: {} };

test('a plain VM is accepted', () => {
  expect(messages(aMachine())).toEqual([]);
});

test.each<[string, VirtualMachine]>([
  ['no memory', withSpec({ domain: { devices: {} }, networks: [] })],
  ['a malformed firmware UUID', withSpec({ domain: { ...aSpec().domain, firmware: { uuid: 'nope' } } })],
  ['a multicast MAC', withDevices({ interfaces: [{ ...nic, macAddress: '01:00:5e:00:00:01' }] })],
  ['a volume without a disk', withSpec({ volumes: [...aSpec().volumes!, { name: 'x', emptyDisk: {} }] })],
  ['a missing instance type', aMachine({ instancetype: { name: 'nope' } })],
])('accepted although it cannot run: %s', (_what, vm) => {
  expect(messages(vm)).toEqual([]);
});

test.each<[string, VirtualMachine]>([
  ["disks[1].Name 'ghost' not found.", withDevices({ disks: [disk0, { name: 'ghost', disk: {} }] })],
  ['disks[0] must not have the same Name.', withDevices({ disks: [disk0, disk0] })],
  ['must have exactly one source type set', withSpec({ volumes: [{ name: 'disk0' }] })],
  ['unrecognized bus warp', withDevices({ disks: [{ name: 'disk0', disk: { bus: 'warp' } }] })],
  ['malformed MAC address (zz:zz)', withDevices({ interfaces: [{ ...nic, macAddress: 'zz:zz' }] })],
  ['exactly one binding method', withDevices({ interfaces: [{ name: 'default' }] })],
  ['Masquerade interface only implemented with pod network', withSpec({ networks: [] })],
  ['DNS_LABEL rules', withSpec({ hostname: 'Bad_Name' })],
  [
    'must have exactly one probe type set',
    withSpec({ readinessProbe: { tcpSocket: {}, guestAgentPing: {} } }),
  ],
  ['reserved kubevirt.io/ labels', withSpec({}, { 'kubevirt.io/nodeName': 'x' })],
  ['mutually exclusive', aMachine({ running: true })],
  ['Invalid RunStrategy (Sometimes)', aMachine({ runStrategy: 'Sometimes' as never })],
  ['feature gate is not enabled', aMachine({ runStrategy: 'WaitAsReceiver' })],
])('refused: %s', (message, vm) => {
  expect(messages(vm).join()).toContain(message);
});
