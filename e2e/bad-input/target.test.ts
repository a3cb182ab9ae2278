/** What is wrong with where a clone is to be, or with what it asks for. */
import { describe, expect } from 'vitest';
import { apiVersionOf, type Kind } from '../../operator/cluster/index.ts';
import {
  persistentVolumeClaims,
  secrets,
  services,
  storageClasses,
  virtualMachines,
} from '../../operator/cluster/kinds.generated.ts';
import { anEnvironment, environmentOf, machineObjects } from '../testing/an-environment.ts';
import { applyObjects } from '../testing/apply-yaml.ts';
import { expectRefusal } from '../testing/refusal.ts';
import { it } from '../testing/scene-test.ts';

const onlyQueue = { source: { virtualMachine: 'queue' } };

describe.concurrent('a clone is blocked, and goes on as soon as it is mended,', () => {
  it.for([
    ['VirtualMachine', 'queue'],
    ['PersistentVolumeClaim', 'queue-root'],
    ['Service', 'queue'],
  ])(
    'where a %s that is not its own has the name %s in the target, and does not touch it',
    async ([kind, name], { copy }) => {
      const objects = machineObjects({ name: 'queue', runStrategy: 'Halted' }, {}, copy.target);
      const inTheWay = objects.filter((object) => object.kind === kind);
      await applyObjects(copy.client, inTheWay);
      const clone = await copy.clone(onlyQueue);
      await expectRefusal(copy, clone, 'AlreadyExists', `${kind} ${copy.target}/${name}`, 'delete or rename');
      const [own] = [virtualMachines, persistentVolumeClaims, services].filter((each) => each.kind === kind);
      const key = { namespace: copy.target, name: name! };
      const present = await copy.client.get(own as Kind, key);
      expect(present?.metadata.labels ?? {}).not.toHaveProperty(['envclone.io/clone']);
      await copy.client.delete(own as Kind, key);
      await copy.completed();
    },
  );

  it('where a storage class of its map does not exist', async ({ copy }) => {
    const name = `e2e-${copy.target}`;
    const storageClassMap = [{ from: 'immediate', to: name }];
    const clone = await copy.clone({ ...onlyQueue, disks: { storageClasses: storageClassMap } });
    await expectRefusal(copy, clone, 'StorageClassNotFound', `"${name}"`, 'queue-root', 'create it');
    const immediate = await copy.client.get(storageClasses, { name: 'immediate' });
    await copy.client.create(storageClasses, {
      ...immediate!,
      apiVersion: apiVersionOf(storageClasses),
      metadata: { name },
    });
    await copy.completed();
    await copy.client.delete(storageClasses, { name });
  });

  it('where a secret that one of its VMs names is not there any more', async ({ scene }) => {
    const secret = { metadata: { namespace: scene.source, name: 'init' }, data: { userdata: 'I2Nsb3Vk' } };
    await scene.client.create(secrets, secret);
    const init = { name: 'init', cloudInitNoCloud: { secretRef: { name: 'init' } } };
    await scene.make(anEnvironment([{ name: 'web', volumes: [init] }]));
    await scene.client.delete(secrets, secret.metadata);
    const clone = await scene.clone();
    await expectRefusal(scene, clone, 'SourceNotFound', `Secret ${scene.source}/init`, 'VM web');
    await scene.client.create(secrets, secret);
    // Secrets are not watched: it is seen in half a minute, or when the clone is touched.
    await scene.change({ concurrency: 8 });
    await scene.completed();
  });
});

describe.concurrent('a clone whose spec is at fault is blocked, and a corrected one follows,', () => {
  it('where a name would be too long', async ({ copy }) => {
    const names = { prefix: 'a'.repeat(40), suffix: 'b'.repeat(40) };
    await expectRefusal(
      copy,
      await copy.clone({ ...onlyQueue, names }),
      'NameTooLong',
      '63 at most',
      'spec.names',
    );
    await copy.removed();
    await copy.clone({ ...onlyQueue, names: { prefix: 'qa-' } });
    await copy.completed();
  });

  it('where a VM is on a network of which it says nothing', async ({ copy }) => {
    const networks = [
      { name: 'default', pod: {} },
      { name: 'storage', multus: { networkName: 'storage-net' } },
    ];
    const devices = {
      disks: [],
      interfaces: [
        { name: 'default', masquerade: {} },
        { name: 'storage', bridge: {} },
      ],
    };
    await applyObjects(copy.client, [
      ...machineObjects(
        {
          name: 'wired',
          applications: ['wired'],
          disks: [],
          runStrategy: 'Halted',
          domain: { devices },
          template: { networks },
        },
        {},
        copy.source,
      ),
      environmentOf(
        {
          name: 'wired',
          machines: [],
          applications: [
            {
              name: 'queue',
              virtualMachines: {
                matchExpressions: [{ key: 'app', operator: 'In', values: ['queue', 'wired'] }],
              },
            },
          ],
        },
        copy.source,
      ),
    ]);
    const source = { environment: 'wired' };
    await expectRefusal(
      copy,
      await copy.clone({ source }),
      'NetworkNotMapped',
      '"storage-net"',
      'drop: true',
    );
    await copy.removed();
    await copy.clone({ source, networks: [{ source: 'storage-net', drop: true }] });
    await copy.completed();
    const { template } = (await copy.machine('wired')).spec;
    expect(template.spec?.networks).toEqual([{ name: 'default', pod: {} }]);
    expect(template.spec?.domain.devices.interfaces).toHaveLength(1);
  });

  it('where KubeVirt would refuse a VM, before anything is made', async ({ copy }) => {
    const diskWithoutVolume = { name: 'nothing', disk: { bus: 'virtio' } };
    const path = '/spec/template/spec/domain/devices/disks/-';
    const patches = [JSON.stringify({ op: 'add', path, value: diskWithoutVolume })];
    const clone = await copy.clone({ ...onlyQueue, overrides: [{ name: 'broken', patches }] });
    await expectRefusal(copy, clone, 'AdmissionRefused', 'VirtualMachine', 'queue');
  });

  it('where a patch does not apply', async ({ copy }) => {
    const patches = [JSON.stringify({ op: 'remove', path: '/spec/nothing' })];
    const clone = await copy.clone({ ...onlyQueue, overrides: [{ name: 'off', patches }] });
    await expectRefusal(copy, clone, 'PatchInvalid', 'VM queue');
  });

  it('where a byte for byte copy would be needed and is not allowed', async ({ copy }) => {
    const disks = { storageClasses: [{ from: 'immediate', to: 'other' }], allowHostCopy: false };
    const clone = await copy.clone({ ...onlyQueue, disks });
    await expectRefusal(copy, clone, 'HostCopyNotAllowed', 'queue-root', 'allowHostCopy');
  });

  it('where the VM that it names runs no application', async ({ copy }) => {
    const clone = await copy.clone({ source: { virtualMachine: 'nobody' } });
    await expectRefusal(copy, clone, 'VirtualMachineNotFound', '"nobody"');
  });

  it('where the snapshot that it names does not exist, or none is old enough', async ({ copy }) => {
    const named = await copy.clone({ source: { snapshot: 'lost' } }, 'named');
    await expectRefusal(copy, named, 'SnapshotNotFound', `${copy.source}/lost`);
    const old = await copy.clone({ asOf: '2020-01-01T00:00:00Z' }, 'old');
    await expectRefusal(copy, old, 'NoSnapshot', '2020-01-01');
  });
});
