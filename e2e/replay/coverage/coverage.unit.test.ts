import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RecordedRequest } from '../recording/recording.ts';
import { type Call, callTitle } from './call.ts';
import { operatorCalls } from './operator-calls.ts';
import { callOf, recordedCalls } from './recorded-calls.ts';
import { titlesIn, unseenAmong, unseenText } from './unseen.ts';

const machines = '/apis/kubevirt.io/v1/namespaces/a/virtualmachines';

describe('a recorded request is the call', () => {
  it.each<[RecordedRequest['method'], string, Partial<RecordedRequest>, string]>([
    ['GET', '/api/v1/namespaces/a', {}, 'get namespaces'],
    ['GET', '/api/v1/namespaces', {}, 'list namespaces'],
    ['GET', `${machines}/x`, {}, 'get virtualmachines.kubevirt.io'],
    [
      'POST',
      `${machines}?dryRun=All&fieldValidation=Strict`,
      { body: {} },
      'create virtualmachines.kubevirt.io (dry run, strict, application/json)',
    ],
    [
      'PATCH',
      `${machines}/x?fieldManager=me`,
      { body: {}, bodyType: 'application/apply-patch+yaml' },
      'apply virtualmachines.kubevirt.io (field manager, application/apply-patch+yaml)',
    ],
    [
      'PUT',
      '/apis/subresources.kubevirt.io/v1/namespaces/a/virtualmachines/x/start',
      {},
      'update virtualmachines.subresources.kubevirt.io/start (Accept: */*)',
    ],
    ['DELETE', `${machines}/x`, { body: {} }, 'delete virtualmachines.kubevirt.io (application/json)'],
    ['DELETE', machines, {}, 'deletecollection virtualmachines.kubevirt.io'],
  ])('%s %s', (method, path, more, title) => {
    expect(callTitle(callOf({ method, path, body: null, ...more }))).toBe(title);
  });
});

it('kinds that a recording watches have been listed and watched', () => {
  const header = {
    name: '',
    about: '',
    namespaces: [],
    kinds: ['VirtualMachine'],
    began: '',
    versions: {},
    error: null,
  };
  expect(recordedCalls({ header, lines: [] }).map(callTitle)).toEqual([
    'list virtualmachines.kubevirt.io',
    'watch virtualmachines.kubevirt.io',
  ]);
});

const call = (more: Partial<Call>): Call => ({
  verb: 'create',
  group: 'kubevirt.io',
  resource: 'virtualmachines',
  dryRun: false,
  named: false,
  fieldValidation: '',
  accept: 'application/json',
  contentType: 'application/json',
  ...more,
});

it('what no recording answers is told apart: never, without a field manager, by the API server alone', () => {
  const asked = [
    call({}),
    call({ named: true }),
    call({ verb: 'patch' }),
    call({ group: '', resource: 'secrets' }),
  ];
  const unseen = unseenAmong(asked, [call({})]);
  expect(unseen).toEqual({
    never: ['patch virtualmachines.kubevirt.io (application/json)'],
    unnamed: ['create virtualmachines.kubevirt.io (field manager, application/json)'],
    byServer: ['create secrets (application/json)'],
  });
  expect([...titlesIn(unseenText(unseen))]).toEqual([...unseen.never, ...unseen.unnamed, ...unseen.byServer]);
});

it('calls are read from the lines of a log that tell of requests, each once', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'envclone-calls-'));
  try {
    const request = {
      verb: 'get',
      group: 'kubevirt.io',
      resource: 'virtualmachines',
      dryRun: false,
      accept: '*/*',
    };
    const line = JSON.stringify({ level: 10, request, msg: 'asked the API server' });
    await writeFile(join(directory, 'log'), `${line}\n{"level":30,"msg":"something else"}\n${line}\n`);
    const calls = await operatorCalls(join(directory, 'log'));
    expect([...calls.keys()]).toEqual(['get virtualmachines.kubevirt.io (Accept: */*)']);
    await writeFile(join(directory, 'quiet'), '{"level":30,"msg":"something else"}\n');
    await expect(operatorCalls(join(directory, 'quiet'))).rejects.toThrow('--log-level trace');
  } finally {
    await rm(directory, { recursive: true });
  }
});
