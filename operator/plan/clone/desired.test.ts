import { describe, expect, it } from 'vitest';
import {
  aCapture,
  aContext,
  aDesire,
  aDisk,
  aMachine,
  aMachineSpec,
  applications,
  classes,
} from '../../testing/index.ts';
import { desire, narrowed } from './desired.ts';

const shop = aCapture({
  applications: applications(
    { name: 'web', dependsOn: ['db'] },
    { name: 'db', minReady: 2 },
    { name: 'batch' },
  ),
  machines: [
    aMachine('web'),
    aMachine('db-1', { applications: ['db'] }),
    aMachine('db-2', { applications: ['db'] }),
    aMachine('db-3', { applications: ['db'], ran: false }),
    aMachine('batch'),
  ],
  services: ['web', 'batch'].map((name) => ({
    name,
    labels: {},
    annotations: {},
    spec: { selector: { app: name } },
  })),
});
const needsOf = (name: string, captured = shop) =>
  aDesire(captured).machines.find((machine) => machine.name === name)!.needs;

describe('what a VM of the clone waits for', () => {
  it('is every VM that ran the applications it depends on', () => {
    expect(needsOf('web')).toEqual([{ application: 'db', machines: ['db-1', 'db-2'], atLeast: 2 }]);
  });

  it('is minReady of them, and never more than ran', () => {
    const with_ = (minReady: number | undefined) => {
      const [web, , batch] = shop.applications;
      const db = applications({ name: 'db', minReady })[0]!;
      return needsOf('web', { ...shop, applications: [web!, db, batch!] })[0]!.atLeast;
    };
    expect([with_(1), with_(9), with_(undefined)]).toEqual([1, 2, 2]);
  });

  it('is nothing where all VMs of what it depends on were halted', () => {
    const machines = shop.machines.map((machine) => ({ ...machine, ran: machine.name === 'web' }));
    expect(needsOf('web', { ...shop, machines })).toEqual([]);
  });

  it('is neither itself nor a VM that starts together with it', () => {
    const captured = aCapture({
      coLocated: 'StartTogether',
      applications: applications({ name: 'api', dependsOn: ['db'] }, { name: 'db' }),
      machines: ['one', 'two'].map((name) => aMachine(name, { applications: ['api', 'db'] })),
    });
    expect(needsOf('one', captured)).toEqual([]);
  });

  it('bears the names of the clone', () => {
    const context = aContext({ names: { prefix: 'copy-of-' } });
    const web = aDesire(shop, context).machines.find(({ source }) => source.name === 'web')!;
    expect(web.needs[0]!.machines).toEqual(['copy-of-db-1', 'copy-of-db-2']);
  });
});

describe('what a clone should be', () => {
  it('has its VMs and their disks in the order of the tiers', () => {
    const { machines, disks, tierCount } = aDesire(shop);
    expect(machines.map(({ tier }) => tier)).toEqual([0, 0, 0, 0, 1]);
    expect(disks.at(-1)?.claim).toBe('web-root');
    expect(tierCount).toBe(2);
  });

  it('has a disk that two VMs share once', () => {
    const machines = ['one', 'two'].map((name) =>
      aMachine(name, { applications: ['db'], disks: [aDisk('shared')] }),
    );
    expect(aDesire(aCapture({ machines })).disks).toHaveLength(1);
  });

  it('has no disk for TPM and EFI variables that are to be made anew', () => {
    const machines = [aMachine('db', { disks: [aDisk('db-root'), aDisk('db-state', { role: 'State' })] })];
    const claimsWith = (state: string) =>
      aDesire(aCapture({ machines }), aContext({ identity: { state } })).disks.map(({ claim }) => claim);
    expect(claimsWith('Preserve')).toEqual(['db-root', 'db-state']);
    expect(claimsWith('Regenerate')).toEqual(['db-root']);
  });

  it('is a problem where the order has one', () => {
    const captured = aCapture({ applications: applications({ name: 'db', dependsOn: ['db'] }) });
    expect(desire(captured, classes(), aContext())).toMatchObject({ problem: 'ApplicationCycle' });
  });
});

describe('a clone of some applications', () => {
  const some = narrowed(shop, ['web']);

  it('has what they depend on, and nothing else', () => {
    expect(some.applications.map(({ name }) => name)).toEqual(['web', 'db']);
    expect(some.machines.map(({ name }) => name)).not.toContain('batch');
  });

  it('leaves out the Services of VMs that stay behind', () => {
    expect(some.services.map(({ name }) => name)).toEqual(['web']);
  });

  it('knows of a VM only the applications that come along', () => {
    const both = aMachine('both', { applications: ['db', 'batch'], spec: aMachineSpec('both') });
    expect(narrowed({ ...shop, machines: [both] }, ['db']).machines[0]!.applications).toEqual(['db']);
  });

  it('is all of them where none is named', () => {
    expect(narrowed(shop, [])).toBe(shop);
  });
});
