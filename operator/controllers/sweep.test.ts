import pino from 'pino';
import { describe, expect, it } from 'vitest';
import {
  environmentClones,
  environmentSnapshots,
  volumeSnapshotContents,
} from '../cluster/kinds.generated.ts';
import type { KubeObject } from '../cluster/objects.ts';
import { annotations, labels, pinOf } from '../names.ts';
import { aClone, aSnapshot, at, cloneUid, MemoryClient, noon, refusal } from '../testing/index.ts';
import type { ControllerContext } from './controller.ts';
import { captureSweep, contentSweep } from './sweep.ts';

const minute = 60_000;
const content = {
  metadata: {
    name: 'content',
    uid: 'uid-of-content',
    creationTimestamp: at(0),
    labels: { [labels.clone]: cloneUid },
    annotations: { [annotations.cloneName]: 'staging/copy' },
  },
};
const made = (name: string, ...finalizers: string[]) =>
  aSnapshot({ metadata: { name, creationTimestamp: at(0), finalizers } });

/** What the sweeps see: `cached` clones are known to the caches, `stored` objects to the API server. */
function aScene(
  { cached = [], stored = [] }: { cached?: KubeObject[]; stored?: KubeObject[] },
  ms = 2 * minute,
) {
  const client = new MemoryClient();
  for (const each of stored) client.put(kindOf(each), each);
  const cacheOf = (objects: readonly KubeObject[]) => ({
    get: (_: unknown, name: string) => objects.find(({ metadata }) => metadata.name === name),
    list: () => objects,
  });
  const world = {
    clones: cacheOf(cached),
    contents: cacheOf(stored),
    snapshots: cacheOf(stored),
    cacheOf: () => undefined,
  };
  const context = {
    client: client.asClient(),
    world,
    now: () => noon + ms,
    log: pino({ level: 'silent' }),
  } as unknown as ControllerContext;
  return { client, context };
}

function kindOf({ kind }: KubeObject) {
  if (kind === 'EnvironmentSnapshot') return environmentSnapshots;
  return kind === 'EnvironmentClone' ? environmentClones : volumeSnapshotContents;
}

describe('what a clone made outside its namespace', () => {
  it('is removed when the clone is gone', async () => {
    const { client, context } = aScene({ stored: [content] });
    await contentSweep(context).reconcile('content');
    expect(client.writes).toEqual(['delete VolumeSnapshotContent content']);
  });

  it('is removed when another clone bears the name of its own', async () => {
    const another = aClone({}, { uid: 'another' });
    const { client, context } = aScene({ cached: [another], stored: [content, another] });
    await contentSweep(context).reconcile('content');
    expect(client.writes).toEqual(['delete VolumeSnapshotContent content']);
  });

  it('stays while its clone is there, also where only the API server knows it yet', async () => {
    for (const scene of [{ cached: [aClone()], stored: [content] }, { stored: [content, aClone()] }]) {
      const { client, context } = aScene(scene);
      await contentSweep(context).reconcile('content');
      expect(client.writes).toEqual([]);
    }
  });

  it('stays for a minute, whatever the caches say', async () => {
    const { client, context } = aScene({ stored: [content] }, 20_000);
    expect(await contentSweep(context).reconcile('content')).toBe(40_000);
    expect(client.writes).toEqual([]);
  });

  it('is left alone where no clone made it', async () => {
    const { client, context } = aScene({ stored: [{ metadata: { ...content.metadata, labels: {} } }] });
    await contentSweep(context).reconcile('content');
    expect(client.writes).toEqual([]);
  });

  it('is come back to when it could not be removed', async () => {
    const { client, context } = aScene({ stored: [content] });
    client.delete = async () => {
      throw refusal(500, 'InternalError');
    };
    await expect(contentSweep(context).reconcile('content')).rejects.toThrow('InternalError');
  });
});

describe('a pin on a capture', () => {
  it('is taken off when its clone is gone, and left where the clone is there', async () => {
    const stored = [made('nightly', pinOf(cloneUid), pinOf('gone'), 'theirs')];
    const { client, context } = aScene({ cached: [aClone()], stored });
    await captureSweep(context).reconcile('production/nightly');
    expect(client.writes).toEqual(['patch EnvironmentSnapshot production/nightly']);
    const [left] = [...client.objects.values()];
    expect(left!.metadata.finalizers).toEqual([pinOf(cloneUid), 'theirs']);
  });
});
