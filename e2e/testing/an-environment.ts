/** Source environments of any shape: a test states only what matters to it. */
import type { KubeObject } from '../../operator/cluster/index.ts';
import type { EnvironmentSpec } from '../../operator/schema/environment.ts';

export interface DiskShape {
  /** The claim. */
  readonly name: string;
  readonly storageClass?: string;
  readonly volumeMode?: 'Filesystem' | 'Block';
  readonly accessMode?: string;
  readonly size?: string;
  /** The VM has it from a template of its own and names the DataVolume. */
  readonly template?: boolean;
  /** Another VM of the shape brings the claim. */
  readonly shared?: boolean;
}

type Json = Readonly<Record<string, unknown>>;

export interface MachineShape {
  readonly name: string;
  /** What it runs; an application of its own name when absent. */
  readonly applications?: readonly string[];
  /** One disk, `<name>-root`, when absent. */
  readonly disks?: readonly DiskShape[];
  readonly runStrategy?: string;
  /** VMs whose records come before its own. */
  readonly writesAfter?: readonly string[];
  readonly bootSeconds?: number;
  /** Volumes and disks beside those with claims. */
  readonly volumes?: readonly Json[];
  /** Over its domain, its template and itself. */
  readonly domain?: Json;
  readonly template?: Json;
  readonly spec?: Json;
  readonly metadata?: Json;
}

type Application = EnvironmentSpec['applications'][number];

export type ApplicationShape = Partial<Omit<Application, 'readiness'>> & {
  readonly name: string;
  readonly readiness?: Partial<Application['readiness']>;
};

export interface EnvironmentShape {
  readonly name: string;
  readonly machines: readonly MachineShape[];
  /** Selectors are added. One for each VM where absent. */
  readonly applications: readonly ApplicationShape[];
  /** Class of the disks that name none. */
  readonly storageClass?: string;
  /** Over the spec of the Environment. */
  readonly spec?: Json;
}

/** `web → api → db`, `api → queue`; db has two disks. Every guest writes after those that its VM depends on. */
export function aShop(more: Partial<EnvironmentShape> = {}): EnvironmentShape {
  return {
    name: 'shop',
    machines: [
      { name: 'web', writesAfter: ['api'] },
      { name: 'api', writesAfter: ['db', 'queue'] },
      { name: 'db', disks: [{ name: 'db-root' }, { name: 'db-data' }] },
      { name: 'queue' },
    ],
    applications: [
      { name: 'web', dependsOn: ['api'] },
      { name: 'api', dependsOn: ['db', 'queue'] },
      { name: 'db' },
      { name: 'queue' },
    ],
    ...more,
  };
}

/** VMs that need nobody, each with an application of its name. */
export function anEnvironment(
  machines: readonly MachineShape[],
  more: Partial<EnvironmentShape> = {},
): EnvironmentShape {
  return { name: 'shop', machines, applications: machines.map(({ name }) => ({ name })), ...more };
}

/** Everything of the shape: claims, VMs with a Service each, and the Environment, which all namespaces may clone. */
export function objectsOf(shape: EnvironmentShape, namespace: string): readonly KubeObject[] {
  return [
    ...shape.machines.flatMap((machine) => machineObjects(machine, shape, namespace)),
    environmentOf(shape, namespace),
  ];
}

export function environmentOf(shape: EnvironmentShape, namespace: string): KubeObject {
  const applications = shape.applications.map((application) => ({
    virtualMachines: { matchLabels: { [`runs-${application.name}`]: 'true' } },
    ...application,
  }));
  const spec = { applications, allowClonesFrom: {}, allowCaptureFrom: {}, ...shape.spec };
  return object('envclone.io/v1alpha1', 'Environment', { name: shape.name, namespace }, { spec });
}

/** The claims of a VM, the VM, and the Service by which its peers know it. */
export function machineObjects(
  machine: MachineShape,
  { storageClass }: Pick<EnvironmentShape, 'storageClass'>,
  namespace: string,
): readonly KubeObject[] {
  const claims = disksOf(machine)
    .filter(({ template, shared }) => !template && !shared)
    .map(({ name, ...disk }) =>
      object('v1', 'PersistentVolumeClaim', { name, namespace }, { spec: claimSpec(disk, storageClass) }),
    );
  const service = {
    selector: { app: machine.name },
    ports: [{ port: 80 }],
  };
  return [
    ...claims,
    machineObject(machine, storageClass, namespace),
    object('v1', 'Service', { name: machine.name, namespace }, { spec: service }),
  ];
}

function machineObject(
  machine: MachineShape,
  storageClass: string | undefined,
  namespace: string,
): KubeObject {
  const { name, applications = [name], runStrategy = 'Always', spec, metadata } = machine;
  const runs = Object.fromEntries(applications.map((application) => [`runs-${application}`, 'true']));
  const templates = disksOf(machine)
    .filter(({ template }) => template)
    .map(({ name: disk, ...rest }) => ({
      metadata: { name: disk },
      spec: { source: { blank: {} }, storage: claimSpec(rest, storageClass) },
    }));
  return object(
    'kubevirt.io/v1',
    'VirtualMachine',
    { name, namespace, labels: { app: name, ...runs }, ...metadata },
    {
      spec: {
        runStrategy,
        template: templateOf(machine),
        ...(templates.length > 0 && { dataVolumeTemplates: templates }),
        ...spec,
      },
    },
  );
}

function templateOf(machine: MachineShape): Json {
  const { name, volumes = [], domain, template, writesAfter = [], bootSeconds } = machine;
  const disks = disksOf(machine);
  const isShared = (name: string) =>
    disks.some((disk) => disk.name === name && disk.accessMode === 'ReadWriteMany');
  const names = [...disks.map((disk) => disk.name), ...volumes.map((volume) => String(volume.name))];
  const annotations = {
    ...(writesAfter.length > 0 && { 'guest.envclone.test/writes-after': writesAfter.join(' ') }),
    ...(bootSeconds !== undefined && { 'guest.envclone.test/boot-seconds': String(bootSeconds) }),
  };
  return {
    metadata: { labels: { app: name }, annotations },
    spec: {
      domain: {
        memory: { guest: '64Mi' },
        devices: {
          disks: names.map((disk) => ({
            name: disk,
            disk: { bus: 'virtio' },
            ...(isShared(disk) && { shareable: true, cache: 'none' }),
          })),
          interfaces: [{ name: 'default', masquerade: {} }],
        },
        ...domain,
      },
      networks: [{ name: 'default', pod: {} }],
      volumes: [...disks.map(volumeOf), ...volumes],
      ...template,
    },
  };
}

function volumeOf({ name, template }: DiskShape): Json {
  return template ? { name, dataVolume: { name } } : { name, persistentVolumeClaim: { claimName: name } };
}

function claimSpec(
  {
    storageClass,
    volumeMode = 'Filesystem',
    accessMode = 'ReadWriteOnce',
    size = '4Mi',
  }: Omit<DiskShape, 'name'>,
  usual: string | undefined,
): Json {
  return {
    accessModes: [accessMode],
    storageClassName: storageClass ?? usual ?? 'immediate',
    volumeMode,
    resources: { requests: { storage: size } },
  };
}

function disksOf({ name, disks }: MachineShape): readonly DiskShape[] {
  return disks ?? [{ name: `${name}-root` }];
}

function object(apiVersion: string, kind: string, metadata: Json, more: Json): KubeObject {
  return { apiVersion, kind, metadata, ...more } as unknown as KubeObject;
}
