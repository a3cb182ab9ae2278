import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { theLab } from '../../testing/lab.ts';
import { readJournal } from '../guest/consistency.ts';
import { Claims, resourcePath, Volumes } from '../kube/kinds.ts';
import { conditionOf, isTrue } from './conditions.ts';
import { TestCluster } from './test-cluster.ts';
import type { Claim, PersistentVolume } from './types.ts';

// What is tested here is the stand-in: a real KubeVirt is what it was recorded from.
describe.runIf(theLab().canInject)('the subresources of VMs', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await TestCluster.start(inject('kubeconfig'), 'subresources');
    await cluster.claim('db');
    await cluster.machine('db');
    await cluster.until('the agent is connected', async () => {
      return isTrue((await cluster.vmi('db'))?.status?.conditions, 'AgentConnected');
    });
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  const message = (body: string) => JSON.parse(body).message;

  test('a PUT is served only to clients that accept anything', async () => {
    const notAcceptable = { code: 406, body: '406: Not Acceptable\n\nAvailable representations: ' };
    expect(await cluster.call('vmi/db', 'unfreeze', { accept: 'application/json' })).toEqual(notAcceptable);
    expect(await cluster.call('vmi/db', 'unfreeze', { accept: 'text/plain' })).toEqual(notAcceptable);
    expect(await cluster.call('vmi/db', 'unfreeze', { accept: 'application/json, */*' })).toEqual({
      code: 200,
      body: '',
    });
  });

  test.each([
    [
      'db',
      'start',
      409,
      'Operation cannot be fulfilled on virtualmachine.kubevirt.io "db": VM is already running',
    ],
    ['nope', 'start', 404, 'virtualmachine.kubevirt.io "nope" not found'],
    ['vmi/nope', 'freeze', 404, 'virtualmachineinstance.kubevirt.io "nope" not found'],
    [
      'vmi/db',
      'unpause',
      409,
      'Operation cannot be fulfilled on virtualmachineinstance.kubevirt.io "db": VMI is not paused',
    ],
  ])('%s %s: %i', async (target, subresource, code, text) => {
    const answer = await cluster.call(target, subresource, { body: { unfreezeTimeout: '5s' } });
    expect([answer.code, message(answer.body)]).toEqual([code, text]);
  });

  test('a verb that is not there, and one that is not modelled, say so', async () => {
    expect(await cluster.call('vmi/db', 'nonsense')).toEqual({ code: 404, body: '404: Page Not Found' });
    const { code, body } = await cluster.call('db', 'memorydump');
    expect([code, body]).toEqual([501, expect.stringContaining('memorydump is not modelled')]);
  });

  test('rights are the API server to grant', async () => {
    const { code, body } = await cluster.call('db', 'start', { as: 'mallory' });
    expect([code, message(body)]).toEqual([
      403,
      'virtualmachines.subresources.kubevirt.io "db" is forbidden: User "mallory" cannot update resource ' +
        `"virtualmachines/start" in API group "subresources.kubevirt.io" in the namespace "${cluster.namespace}"`,
    ]);
  });

  test.each([
    [undefined, 'Unfreeze timeout in freeze request is not set'],
    [{}, 'Unfreeze timeout in freeze request is not set'],
    [{ unfreezeTimeout: 'soon' }, 'failed to unmarshal unfreeze timeout'],
    [{ unfreezeTimeout: 5 }, 'failed to unmarshal unfreeze timeout'],
    ['{', 'failed to unmarshal unfreeze timeout'],
  ])('a freeze with %j is refused', async (body, why) => {
    const answer = await cluster.call('vmi/db', 'freeze', { body });
    expect([answer.code, message(answer.body)]).toEqual([
      500,
      `Internal error occurred: unexpected return code 400 (400 Bad Request), message: ${why}`,
    ]);
  });

  test('a frozen guest writes nothing, and goes on when it is thawed', async () => {
    const disk = await diskOf('db');
    const records = () => readJournal(disk).records.length;
    await cluster.until('it writes', async () => records() > 0);
    expect(await cluster.call('vmi/db', 'freeze', { body: { unfreezeTimeout: '0s' } })).toEqual({
      code: 200,
      body: '',
    });
    const frozen = records();
    await cluster.until(
      'it is told',
      async () => (await cluster.vmi('db'))?.status?.fsFreezeStatus === 'frozen',
    );
    expect(records()).toBe(frozen);
    expect((await cluster.call('vmi/db', 'unfreeze')).code).toBe(200);
    await cluster.until('it writes again', async () => records() > frozen);
    await cluster.until(
      'it is told',
      async () => (await cluster.vmi('db'))?.status?.fsFreezeStatus === undefined,
    );
  });

  test('a paused guest is not ready, writes nothing, and can neither be frozen nor thawed', async () => {
    expect((await cluster.call('vmi/db', 'pause')).code).toBe(200);
    await cluster.untilStatus('db', 'Paused');
    const ready = await cluster.until('it is not ready', async () => {
      const found = conditionOf((await cluster.vm('db'))?.status?.conditions, 'Ready');
      return found?.status === 'False' && found;
    });
    expect(ready.reason).toBe('ReadinessGatesNotReady');
    for (const [command, verb] of [
      ['Freeze', 'freeze'],
      ['Unfreeze', 'unfreeze'],
    ] as const) {
      const { code, body } = await cluster.call('vmi/db', verb, { body: { unfreezeTimeout: '5s' } });
      expect([code, message(body)]).toEqual([
        500,
        `Internal error occurred: unexpected return code 400 (400 Bad Request), message: server error. command ${command} ` +
          `failed: "LibvirtError(Code=55, Domain=10, Message='Requested operation is not valid: domain is not running')"`,
      ]);
    }
    const disk = await diskOf('db');
    const before = readJournal(disk).records.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(readJournal(disk).records.length).toBe(before);
    expect((await cluster.call('vmi/db', 'unpause')).code).toBe(200);
    await cluster.untilStatus('db', 'Running');
  });

  test('what the agent says is answered as JSON with any Accept header', async () => {
    const { code, body } = await cluster.call('vmi/db', 'guestosinfo', {
      method: 'GET',
      accept: 'application/json',
    });
    expect([code, JSON.parse(body)]).toMatchObject([200, { hostname: 'db', fsFreezeStatus: 'thawed' }]);
  });

  test('a stopped VM cannot be stopped, restarted or paused', async () => {
    expect((await cluster.call('db', 'stop', { body: { gracePeriod: 0 } })).code).toBe(202);
    await cluster.until('its instance is gone', async () => (await cluster.vmi('db')) === undefined);
    expect(message((await cluster.call('db', 'stop')).body)).toContain('VM is not running');
    const restart = await cluster.call('db', 'restart');
    expect(message(restart.body)).toContain('RunStategy Halted does not support manual restart requests');
    expect((await cluster.call('vmi/db', 'pause')).code).toBe(404);
  });

  async function diskOf(claimName: string): Promise<string> {
    const claim = await cluster.client.get<Claim>(cluster.path(Claims, claimName));
    const volume = await cluster.client.get<PersistentVolume>(
      resourcePath(Volumes, undefined, claim.spec.volumeName),
    );
    return `${cluster.lab.directory}/volumes/${volume.spec.csi!.volumeHandle}/disk.img`;
  }
});
