/** What a guest runs on is what its instance says: the VM tells of volumes that wait for a restart as if they were there. */
import { expect } from 'vitest';
import { virtualMachines } from '../../operator/cluster/kinds.generated.ts';
import { anEnvironment } from '../testing/an-environment.ts';
import { it } from '../testing/scene-test.ts';

it('finding D RestartRequired: a VM whose disk is to be another after its restart is cloned with the one that it has', async ({
  scene,
}) => {
  await scene.make(
    anEnvironment([{ name: 'db' }, { name: 'spare', runStrategy: 'Halted' }], { applications }),
  );
  const volumes = [{ name: 'db-root', persistentVolumeClaim: { claimName: 'spare-root' } }];
  const key = { namespace: scene.source, name: 'db' };
  await scene.client.mergePatch(virtualMachines, key, { spec: { template: { spec: { volumes } } } });
  await scene.clone();
  await scene.completed();
  const { template } = (await scene.machine('db')).spec;
  expect(template.spec?.volumes).toMatchObject([{ persistentVolumeClaim: { claimName: 'db-root' } }]);
});

const applications = [{ name: 'db' }];
