/** In the namespace of its source a clone must neither reach production nor be taken for it. */
import { describe, expect } from 'vitest';
import { environments, services, virtualMachines } from '../../operator/cluster/kinds.generated.ts';
import { anEnvironment } from '../testing/an-environment.ts';
import { applyObjects } from '../testing/apply-yaml.ts';
import { expectRefusal } from '../testing/refusal.ts';
import { Scene } from '../testing/scene.ts';
import { it } from '../testing/scene-test.ts';

const names = { suffix: '-copy' };

describe.concurrent('a clone in the namespace of its source', () => {
  it('is refused where its VMs depend on others: they would find production by its Service names', async ({
    scene,
  }) => {
    const within = new Scene(scene.client, scene.source, scene.source);
    await within.make({
      name: 'shop',
      machines: [{ name: 'web' }, { name: 'db' }],
      applications: [{ name: 'web', dependsOn: ['db'] }, { name: 'db' }],
    });
    await expectRefusal(within, await within.clone({ names }), 'WouldReachSource', 'another namespace');
    expect(await within.machineNames()).toEqual(['db', 'web']);
  });

  it('works for one VM under another name, which no Service and no Environment selects', async ({
    scene,
  }) => {
    const within = new Scene(scene.client, scene.source, scene.source);
    await within.make(anEnvironment([{ name: 'web' }]));
    await within.clone({ names });
    await within.completed();
    expect(await within.machineNames()).toEqual(['web', 'web-copy']);
    const { metadata } = await within.instance('web-copy');
    const { items } = await within.client.list(services, { namespace: within.source });
    for (const { spec } of items)
      for (const [key, value] of Object.entries(spec?.selector ?? {}))
        expect(metadata.labels?.[key]).not.toBe(value);
    const environment = await within.client.get(environments, { namespace: within.source, name: 'shop' });
    expect(environment?.status?.virtualMachines).toBe(1);
  });

  it('is refused while a Service there selects every VM, and goes on when that has gone', async ({
    scene,
  }) => {
    const within = new Scene(scene.client, scene.source, scene.source);
    await within.make(anEnvironment([{ name: 'web' }]));
    const key = { namespace: within.source, name: 'everything' };
    await applyObjects(within.client, [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: key,
        spec: { selector: { 'kubevirt.io': 'virt-launcher' }, ports: [{ port: 80 }] },
      } as never,
    ]);
    const clone = await within.clone({ names });
    await expectRefusal(within, clone, 'WouldJoinSource', `Service ${within.source}/everything`, 'web-copy');
    await within.client.delete(services, key);
    await within.completed();
  });

  it('under the same names is refused, and production is left alone', async ({ scene }) => {
    const within = new Scene(scene.client, scene.source, scene.source);
    await within.make(anEnvironment([{ name: 'web' }]));
    const before = await within.client.get(virtualMachines, { namespace: within.source, name: 'web' });
    await expectRefusal(within, await within.clone(), 'AlreadyExists', `VirtualMachine ${within.source}/web`);
    await within.removed();
    expect((await within.machine('web')).metadata.uid).toBe(before?.metadata.uid);
  });
});
