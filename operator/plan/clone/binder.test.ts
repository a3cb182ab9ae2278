import { describe, expect, it } from 'vitest';
import type { Pod } from '../../cluster/kinds.generated.ts';
import {
  aCapture,
  aClaim,
  aClonedMachine,
  aDisk,
  aMachine,
  aMachineSpec,
  aStorageClass,
  build,
  chain,
  claims,
  classes,
  made,
  making,
  told,
} from '../../testing/index.ts';

const waits = classes(aStorageClass('fast', { volumeBindingMode: 'WaitForFirstConsumer' }));

describe('a binder', () => {
  const pending = { claims: claims('Pending', 'web', 'db') };
  const later = { storageClasses: waits };
  const binder = (more = {}): Pod => ({
    metadata: {
      name: 'web-binder',
      namespace: 'staging',
      uid: 'b',
      labels: { 'envclone.io/virtual-machine': 'web' },
      ...more,
    },
  });

  it('finding B §3.9: has the claims of later tiers bound; a VM that may start at once is its own first consumer', () => {
    const steps = build(pending, later);
    expect(making(steps, 'Pod')).toEqual(['web-binder']);
    expect(making(steps, 'VirtualMachine')).toEqual(['db']);
  });

  it('is not needed where the class binds at once, or before all claims exist', () => {
    expect(making(build(pending), 'Pod')).toEqual([]);
    expect(making(build({ claims: claims('Pending', 'db') }, later), 'Pod')).toEqual([]);
  });

  it('is made once, and deleted without grace when all claims are bound', () => {
    expect(making(build({ ...pending, binders: [binder()] }, later), 'Pod')).toEqual([]);
    const bound = { claims: claims('Bound', 'web', 'db') };
    expect(build({ ...bound, binders: [binder()] }, later)).toContainEqual(
      expect.objectContaining({
        step: 'delete',
        key: { namespace: 'staging', name: 'web-binder' },
        gracePeriodSeconds: 0,
      }),
    );
    const leaving = binder({ deletionTimestamp: '2026-11-21T12:00:00Z' });
    expect(told(build({ ...bound, binders: [leaving] }, later))).not.toContain(
      'delete Pod staging/web-binder',
    );
  });

  it('is made for a halted VM too, which has no other consumer', () => {
    const captured = aCapture({ machines: [aMachine('db', { ran: false })] });
    const children = { claims: claims('Pending', 'db'), machines: [aClonedMachine('db')] };
    expect(making(build(children, { ...later, captured }), 'Pod')).toEqual(['db-binder']);
  });

  it('goes where the VM can go, with all its disks, and without rights', () => {
    const template = {
      nodeSelector: { 'kubernetes.io/hostname': 'node-1', disk: 'ssd' },
      tolerations: [{ key: 'vms', operator: 'Exists' }],
    };
    const disks = [aDisk('web-root'), aDisk('web-data', { volumeMode: 'Filesystem' })];
    const web = aMachine('web', { disks, spec: aMachineSpec('web', template as never) });
    const captured = { ...chain, machines: [web, aMachine('db')] };
    const children = { claims: ['web-root', 'web-data', 'db-root'].map((name) => aClaim(name, 'Pending')) };
    const [pod] = made<Pod>(build(children, { ...later, captured }), 'Pod');
    expect(pod!.spec).toMatchObject({
      nodeSelector: { disk: 'ssd' },
      tolerations: template.tolerations,
      automountServiceAccountToken: false,
      volumes: [
        { persistentVolumeClaim: { claimName: 'web-root' } },
        { persistentVolumeClaim: { claimName: 'web-data' } },
      ],
      containers: [
        {
          image: 'example.com/pause',
          volumeDevices: [{ name: 'disk-0' }],
          volumeMounts: [{ name: 'disk-1' }],
        },
      ],
    });
    expect(pod!.spec!.nodeSelector).not.toHaveProperty('kubernetes.io/hostname');
  });
});
