import { describe, expect, it } from 'vitest';
import {
  aLiveMachine,
  anEnvironment,
  applications,
  aSnapshot,
  driverClasses,
  observedCapture,
} from '../../testing/index.ts';
import { captureEnvironment } from './begin.ts';

const shop = anEnvironment({
  applications: applications({ name: 'web', dependsOn: ['db'] }, { name: 'db' }, { name: 'batch' }),
});
const live = ['web', 'db', 'batch'].map((name) => aLiveMachine(name));
const service = (name: string, selector?: Record<string, string>) => ({
  metadata: { name, namespace: 'production' },
  spec: { selector },
});

function take(more: Partial<Parameters<typeof captureEnvironment>[0]> = {}) {
  const observed = observedCapture({ environment: shop, live, classes: driverClasses(), ...more });
  const result = captureEnvironment(observed, { snapshot: 'nightly', attempt: 1 });
  return 'blockers' in result
    ? {
        reasons: result.blockers.map(({ reason }) => reason),
        messages: result.blockers.map(({ message }) => message),
      }
    : { captured: result.captured };
}

const wanting = (...names: string[]) => aSnapshot({ spec: { environment: 'shop', applications: names } });

describe('the Environment that a capture takes', () => {
  it('has every application and its VMs', () => {
    expect(take().captured?.machines.map(({ name }) => name)).toEqual(['web', 'db', 'batch']);
  });

  it('has only the applications wanted and what they depend on', () => {
    const { captured } = take({ snapshot: wanting('web') });
    expect(captured?.applications.map(({ name }) => name)).toEqual(['web', 'db']);
    expect(captured?.machines.map(({ name }) => name)).toEqual(['web', 'db']);
  });

  it('has the Services that reach one of its VMs, by template labels or by the name that KubeVirt gives', () => {
    const services = [
      service('by-label', { app: 'db' }),
      service('by-name', { 'vm.kubevirt.io/name': 'web' }),
      service('elsewhere', { app: 'mail' }),
      service('without-selector'),
    ];
    const { captured } = take({ services, snapshot: wanting('web') });
    expect(captured?.services.map(({ name }) => name)).toEqual(['by-label', 'by-name']);
  });

  it('keeps a halted VM, as long as another runs the application', () => {
    const machines = [aLiveMachine('db'), aLiveMachine('db', { instance: undefined })];
    const { captured } = take({ environment: anEnvironment(), live: machines });
    expect(captured?.machines.map(({ ran }) => ran)).toEqual([true, false]);
  });
});

describe('an Environment cannot be captured', () => {
  it('that does not exist', () => {
    expect(take({ environment: undefined }).reasons).toEqual(['EnvironmentNotFound']);
  });

  it('when an application is asked for that it does not have', () => {
    expect(take({ snapshot: wanting('mail') })).toMatchObject({
      reasons: ['UnknownApplication'],
      messages: [expect.stringContaining('"mail"; it has web, db, batch')],
    });
  });

  it('when an application selects no VM', () => {
    expect(take({ live: live.slice(1) })).toMatchObject({
      reasons: ['NoVirtualMachine'],
      messages: [expect.stringContaining('"web"')],
    });
  });

  it('when none of the VMs of an application is running', () => {
    const halted = [aLiveMachine('web', { instance: undefined }), ...live.slice(1)];
    expect(take({ live: halted }).reasons).toEqual(['NotRunning']);
  });

  it('when its applications depend on each other in a circle', () => {
    const circle = anEnvironment({
      applications: applications({ name: 'web', dependsOn: ['db'] }, { name: 'db', dependsOn: ['web'] }),
    });
    expect(take({ environment: circle })).toMatchObject({
      reasons: ['ApplicationCycle'],
      messages: [expect.stringContaining('web → db → web')],
    });
  });

  it('for all reasons at once, so that they are mended in one go', () => {
    const broken = live.map((each) => ({ ...each, claims: [{ name: 'gone', role: 'Disk' as const }] }));
    expect(take({ live: broken }).reasons).toEqual(['ClaimNotFound', 'ClaimNotFound', 'ClaimNotFound']);
  });
});
