import { describe, expect, it } from 'vitest';
import type { Kind, KubeObject } from '../cluster/index.ts';
import type { Condition } from '../schema/kubernetes.ts';
import { at, MemoryClient, noon } from '../testing/index.ts';
import { StatusWriter } from './status-writer.ts';

interface Thing extends KubeObject {
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly Condition[];
    readonly ready?: number;
  };
}

const things: Kind<Thing> = {
  group: 'test.envclone.io',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  namespaced: true,
};
const ready = (status: 'True' | 'False', reason = 'Because'): Condition => ({
  type: 'Ready',
  status,
  reason,
  message: '',
  lastTransitionTime: at(0),
});

function aWriter() {
  const client = new MemoryClient();
  const time = { now: noon };
  let current = client.put(things, { metadata: { name: 'one', namespace: 'staging' } }) as Thing;
  const writer = new StatusWriter(
    client.asClient(),
    () => time.now,
    (_, object) => {
      current = object as Thing;
    },
  );
  const write = (status: NonNullable<Thing['status']>) => writer.write(things, current, status);
  return { client, time, writer, write };
}

describe('a status', () => {
  it('is written at once when it is the first', async () => {
    const { client, write } = aWriter();
    expect(await write({ phase: 'Starting', ready: 1 })).toBeUndefined();
    expect(client.writes).toEqual(['status Thing staging/one']);
  });

  it('is not written when nothing changed', async () => {
    const { client, time, write } = aWriter();
    await write({ phase: 'Starting', ready: 1 });
    time.now += 60_000;
    await write({ phase: 'Starting', ready: 1 });
    expect(client.writes).toHaveLength(1);
  });

  it('is held back while only its counters change, and says when it is due', async () => {
    const { client, time, write } = aWriter();
    await write({ phase: 'Starting', ready: 1 });
    time.now += 2_000;
    expect(await write({ phase: 'Starting', ready: 2 })).toBe(3_000);
    time.now += 3_000;
    expect(await write({ phase: 'Starting', ready: 3 })).toBeUndefined();
    expect(client.writes).toHaveLength(2);
  });

  it.each([
    ['its phase turns', { phase: 'Completed', conditions: [ready('False')] }],
    ['a condition turns', { phase: 'Starting', conditions: [ready('True')] }],
    ['a reason turns', { phase: 'Starting', conditions: [ready('False', 'Other')] }],
  ])('is written at once when %s', async (_, next) => {
    const { client, write } = aWriter();
    await write({ phase: 'Starting', conditions: [ready('False')] });
    await write(next);
    expect(client.writes).toHaveLength(2);
  });

  it('of an object that was made again under its name is not held back for the old one', async () => {
    const { client, writer, write } = aWriter();
    await write({ phase: 'Starting', ready: 1 });
    const successor = {
      metadata: { name: 'one', namespace: 'staging', uid: 'successor' },
      status: { phase: 'Starting' },
    };
    expect(await writer.write(things, successor, { phase: 'Starting', ...{ ready: 2 } })).toBeUndefined();
    expect(client.writes).toHaveLength(2);
  });

  it('is forgotten with its object', async () => {
    const { client, writer, write } = aWriter();
    await write({ phase: 'Starting', ready: 1 });
    for (const { metadata } of client.objects.values()) writer.forget(metadata.uid!);
    expect(await write({ phase: 'Starting', ready: 2 })).toBeUndefined();
  });
});
