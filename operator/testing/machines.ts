/** VMs and disks as a capture keeps them. */
import type { CapturedDisk, CapturedMachine } from '../plan/capture/model.ts';

export const gibibyte = 2 ** 30;

export function aDisk(claim = 'db-root', more: Partial<CapturedDisk> = {}): CapturedDisk {
  return {
    claim,
    role: 'Disk',
    driver: 'csi.example.com',
    volumeHandle: `volume-${claim}`,
    storageClass: 'fast',
    snapshotClass: 'fast-snapshots',
    volumeMode: 'Block',
    accessModes: ['ReadWriteOnce'],
    bytes: gibibyte,
    cut: { by: 'VolumeSnapshot', name: `nightly-1-${claim}` },
    ...more,
  };
}

/** A VM that ran, with one disk on a claim `<name>-root` and one interface on the pod network. */
export function aMachine(name = 'db', more: Partial<CapturedMachine> = {}): CapturedMachine {
  return {
    name,
    applications: [name],
    ran: true,
    labels: { app: name },
    annotations: {},
    spec: aMachineSpec(name),
    macAddresses: { default: '02:00:00:00:00:01' },
    disks: [aDisk(`${name}-root`)],
    ...more,
  };
}

type MachineSpec = CapturedMachine['spec'];
type Template = NonNullable<MachineSpec['template']['spec']>;

/** The definition of a VM; `template` replaces fields of its template's spec. */
export function aMachineSpec(
  name = 'db',
  template: Partial<Template> = {},
  more: Partial<MachineSpec> = {},
): MachineSpec {
  return {
    runStrategy: 'Always',
    template: {
      metadata: { labels: { app: name } },
      spec: {
        domain: {
          cpu: { cores: 2 },
          memory: { guest: '2Gi' },
          firmware: { uuid: 'b0a9f6de-3f3c-4a57-9a5b-0c7d0a4d5c11', serial: 'serial-of-the-source' },
          devices: {
            disks: [{ name: 'root' }],
            interfaces: [{ name: 'default' }],
          },
        },
        networks: [{ name: 'default', pod: {} }],
        volumes: [{ name: 'root', persistentVolumeClaim: { claimName: `${name}-root` } }],
        ...template,
      },
    },
    ...more,
  };
}
