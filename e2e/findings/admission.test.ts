/** What KubeVirt and the API server let through although it cannot be meant: asked of the real API server. */
import { describe } from 'vitest';
import { expectRefusal } from '../testing/refusal.ts';
import { it } from '../testing/scene-test.ts';

const onlyQueue = { source: { virtualMachine: 'queue' } };
const patch = (op: object) => ({ overrides: [{ name: 'mistaken', patches: [JSON.stringify(op)] }] });

describe.concurrent('a clone is blocked before anything is made', () => {
  it('finding B §9.1: by a field that nobody knows, which would be dropped without a word', async ({
    copy,
  }) => {
    const misspelt = { op: 'add', path: '/spec/template/spec/hostName', value: 'queue' };
    const clone = await copy.clone({ ...onlyQueue, ...patch(misspelt) });
    await expectRefusal(copy, clone, 'AdmissionRefused', 'unknown field', 'hostName');
  });

  it('finding A6, B §9.3: by a VM that is let through and could never make its instance', async ({
    copy,
  }) => {
    const withoutMemory = { op: 'remove', path: '/spec/template/spec/domain/memory' };
    const clone = await copy.clone({ ...onlyQueue, ...patch(withoutMemory) });
    await expectRefusal(copy, clone, 'AdmissionRefused', 'VirtualMachineInstance', 'queue', 'memory');
  });
});
