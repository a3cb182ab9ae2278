import { describe, expect, it } from 'vitest';
import { type Kind, type KubeObject, NetworkError } from '../cluster/index.ts';
import {
  configMaps,
  environmentClones,
  persistentVolumeClaims,
  secrets,
  services,
  virtualMachines,
  volumeSnapshots,
} from '../cluster/kinds.generated.ts';
import { labels } from '../names.ts';
import { type Step, sequence, together } from '../plan/steps.ts';
import { MemoryClient, refusal } from '../testing/index.ts';
import { applySteps } from './apply.ts';

const ours = { [labels.clone]: 'our-uid' };
const named = (name: string, marks: Record<string, string> = ours): KubeObject => ({
  metadata: { name, namespace: 'staging', labels: marks },
});
const create = (kind: Kind, object: KubeObject, mustKeep?: readonly string[]): Step => ({
  step: 'create',
  kind,
  object,
  mustKeep,
});
const copy = (name: string, optional = false): Step => ({
  step: 'copy',
  kind: secrets,
  from: { namespace: 'production', name },
  metadata: named(name).metadata,
  fields: ['type', 'data'],
  optional,
});

async function run(client: MemoryClient, ...steps: readonly Step[]) {
  const written: string[] = [];
  const done: string[] = [];
  const failures = await applySteps(steps, {
    client: client.asClient(),
    concurrency: 4,
    onWritten: (kind, { metadata }) => written.push(`${kind.kind} ${metadata.name}`),
    onDone: ({ step }) => done.push(step),
  });
  return { failures, reasons: failures.map(({ reason }) => reason), written, done };
}

describe('making an object', () => {
  it('tells the caches of it', async () => {
    const { failures, written, done } = await run(new MemoryClient(), create(services, named('web')));
    expect({ failures, written, done }).toEqual({ failures: [], written: ['Service web'], done: ['create'] });
  });

  it('twice is making it once: what is there already and ours is taken for made', async () => {
    const client = new MemoryClient();
    await run(client, create(services, named('web')));
    const { failures, written } = await run(client, create(services, named('web')));
    expect({ failures, written }).toEqual({ failures: [], written: ['Service web'] });
    expect(client.objects.size).toBe(1);
  });

  it.each([
    ['that carries no mark', {}],
    ['of another clone', { [labels.clone]: 'another-uid' }],
  ])('never takes over one %s', async (_, marks) => {
    const client = new MemoryClient();
    const stranger = client.put(services, named('web', marks));
    const { failures } = await run(client, create(services, named('web')));
    expect(failures).toMatchObject([
      { reason: 'NotOurs', message: expect.stringContaining('Service staging/web exists already') },
    ]);
    expect(await client.get(services, stranger.metadata)).toBe(stranger);
  });

  it('never takes over one where it has no mark of its own to tell by', async () => {
    const client = new MemoryClient();
    client.put(services, named('web', {}));
    expect((await run(client, create(services, named('web', {})))).reasons).toEqual(['NotOurs']);
  });
});

describe('a claim of which the API server drops the source', () => {
  const claim = {
    ...named('db-root'),
    spec: { dataSourceRef: { kind: 'VolumeSnapshot', name: 'db-root-1' } },
  };
  const step = create(persistentVolumeClaims, claim, ['spec.dataSourceRef']);

  it('finding B §10: is removed again: it would be bound empty', async () => {
    const client = new MemoryClient();
    client.admit = (_, object) => ({ ...object, spec: {} }) as KubeObject;
    const { failures } = await run(client, step);
    expect(failures).toMatchObject([
      { reason: 'Refused', message: expect.stringContaining('dropped spec.dataSourceRef') },
    ]);
    expect(client.objects.size).toBe(0);
  });

  it('is removed also when an earlier pass was interrupted before it looked', async () => {
    const client = new MemoryClient();
    client.put(persistentVolumeClaims, { ...claim, spec: {} } as KubeObject);
    expect((await run(client, step)).reasons).toEqual(['Refused']);
    expect(client.objects.size).toBe(0);
  });

  it('is left alone where the source was kept', async () => {
    const client = new MemoryClient();
    expect((await run(client, step)).failures).toEqual([]);
    expect(client.objects.size).toBe(1);
  });
});

describe('copying an object', () => {
  it('takes the named fields only, and the metadata of the clone', async () => {
    const client = new MemoryClient();
    const metadata = { name: 'key', namespace: 'production', annotations: { owner: 'dba' } };
    client.put(secrets, { metadata, type: 'Opaque', data: { a: 'Yg==' }, immutable: true } as KubeObject);
    await run(client, copy('key'));
    const made = await client.get(secrets, { namespace: 'staging', name: 'key' });
    expect(made).toMatchObject({ type: 'Opaque', data: { a: 'Yg==' }, metadata: { labels: ours } });
    expect(made).not.toHaveProperty('immutable');
    expect(made!.metadata).not.toHaveProperty('annotations');
  });

  it('fails where the source is gone, unless it may be', async () => {
    const client = new MemoryClient();
    expect((await run(client, copy('key'))).reasons).toEqual(['SourceNotFound']);
    expect((await run(client, copy('key', true))).failures).toEqual([]);
    expect(client.writes).toEqual([]);
  });
});

describe('several steps', () => {
  const gone: Step = {
    step: 'require',
    kind: configMaps,
    key: { namespace: 'staging', name: 'gone' },
    because: 'it is needed',
  };

  it('in a sequence end at the first that fails', async () => {
    const client = new MemoryClient();
    const steps = sequence(create(services, named('one')), gone, create(services, named('two')));
    const { reasons, done } = await run(client, steps);
    expect({ reasons, done }).toEqual({ reasons: ['SourceNotFound'], done: ['create'] });
    expect(client.writes).toEqual(['create Service staging/one']);
  });

  it('together are all carried out, and a sequence goes on only when all have been', async () => {
    const client = new MemoryClient();
    const both = together(gone, create(services, named('one')));
    await run(client, sequence(both, create(services, named('two'))));
    expect(client.writes).toEqual(['create Service staging/one']);
  });

  it('side by side do not hold each other up', async () => {
    const client = new MemoryClient();
    const { reasons } = await run(client, gone, create(services, named('one')));
    expect(reasons).toEqual(['SourceNotFound']);
    expect(client.objects.size).toBe(1);
  });
});

describe('what a failure says', () => {
  const failing = async (error: Error) => {
    const client = new MemoryClient();
    client.admit = () => {
      throw error;
    };
    return (await run(client, create(virtualMachines, named('db')))).failures[0]!;
  };

  it.each([400, 403, 404, 422])('is that somebody has to change something, for code %i', async (code) => {
    expect((await failing(refusal(code, 'No'))).reason).toBe('Refused');
  });

  it('is that it may pass, for any other', async () => {
    for (const error of [
      refusal(500, 'InternalError'),
      refusal(409, 'Conflict'),
      new NetworkError('POST /', new Error()),
    ])
      expect((await failing(error)).reason).toBe('Failed');
  });

  it('names the step', async () => {
    expect((await failing(refusal(422, 'Invalid', 'memory is missing'))).message).toMatch(
      /^create VirtualMachine staging\/db: .*memory is missing/,
    );
  });
});

describe('the other steps', () => {
  it('finding B §9.1: ask about an object without making it, and about every field of it', async () => {
    const client = new MemoryClient();
    await run(client, { step: 'dryRun', kind: virtualMachines, object: named('db') });
    expect(client.writes).toEqual(['strict dry run VirtualMachine staging/db']);
    expect(client.objects.size).toBe(0);
  });

  it('delete that very object and not its successor', async () => {
    const client = new MemoryClient();
    client.put(volumeSnapshots, { metadata: { ...named('s').metadata, uid: 'new' } });
    await run(client, {
      step: 'delete',
      kind: volumeSnapshots,
      key: { namespace: 'staging', name: 's' },
      uid: 'old',
    });
    expect(client.objects.size).toBe(1);
  });

  it('start a VM through its subresource', async () => {
    const client = new MemoryClient();
    await run(client, { step: 'start', key: { namespace: 'staging', name: 'db' } });
    expect(client.writes).toEqual(['start VirtualMachine staging/db']);
  });

  it('put and take finalizers, whatever others there are', async () => {
    const client = new MemoryClient();
    const metadata = { name: 'copy', namespace: 'staging', finalizers: ['theirs'] };
    const object = client.put(environmentClones, { metadata });
    await run(client, { step: 'addFinalizer', kind: environmentClones, object, finalizer: 'mine' });
    const [added] = [...client.objects.values()];
    expect(added!.metadata.finalizers).toEqual(['theirs', 'mine']);
    await run(client, {
      step: 'removeFinalizer',
      kind: environmentClones,
      object: added!,
      finalizer: 'mine',
    });
    expect([...client.objects.values()][0]!.metadata.finalizers).toEqual(['theirs']);
  });
});
