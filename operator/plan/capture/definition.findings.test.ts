import { describe, expect, it } from 'vitest';
import { aLiveMachine, aMachineSpec, aRunningInstance } from '../../testing/index.ts';
import { definitionOf, isRunning, volumesOf } from './definition.ts';

const disk = (name: string, claimName: string) => ({ name, persistentVolumeClaim: { claimName } });
const onVolumes = (...volumes: readonly ReturnType<typeof disk>[]) =>
  aRunningInstance('db', {
    spec: {
      domain: { devices: { disks: volumes.map(({ name }) => ({ name, disk: { bus: 'filled-in' } })) } },
      volumes,
    } as never,
  });

describe('what a VM is at the instant', () => {
  it('finding D RestartRequired: has the volumes that its guest runs on, not those that wait for a restart', () => {
    const live = aLiveMachine();
    const machine = { ...live.machine, spec: aMachineSpec('db', { volumes: [disk('root', 'another')] }) };
    const instance = onVolumes(disk('root', 'db-root'));
    const edited = { ...live, machine, instance, runningSpec: aMachineSpec('db') };
    expect(volumesOf(edited)).toEqual([disk('root', 'db-root')]);
    expect(definitionOf(edited).template.spec?.volumes).toEqual([disk('root', 'db-root')]);
    const halted = { ...edited, instance: undefined };
    expect(definitionOf(halted).template.spec?.volumes).toEqual([disk('root', 'another')]);
  });

  it('finding D Hotplug: has the disk that was plugged in, before its VM tells of it and after', () => {
    const live = aLiveMachine();
    const instance = onVolumes(disk('root', 'db-root'), disk('extra', 'db-extra'));
    const { template } = definitionOf({ ...live, instance });
    expect(template.spec?.volumes?.map(({ name }) => name)).toEqual(['root', 'extra']);
    expect(template.spec?.domain.devices.disks).toEqual([
      { name: 'root' },
      { name: 'extra', disk: { bus: 'filled-in' } },
    ]);
  });

  it('finding D Guest powers off: is what it would start with, where an instance that has ended is still there', () => {
    const live = aLiveMachine();
    const machine = { ...live.machine, spec: aMachineSpec('db', { hostname: 'next' }) };
    const instance = aRunningInstance('db', { status: { phase: 'Succeeded' } });
    const ended = {
      ...live,
      machine,
      instance,
      runningSpec: aMachineSpec('db', { hostname: 'last' }),
    };
    expect(isRunning(ended)).toBe(false);
    expect(definitionOf(ended).template.spec?.hostname).toBe('next');
  });
});
