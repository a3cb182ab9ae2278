/** Which calls the recordings answer. */
import * as registry from '../../../operator/cluster/kinds.generated.ts';
import { acceptedBy } from '../play/cluster.ts';
import type { RecordedRequest, Recording } from '../recording/recording.ts';
import type { Call } from './call.ts';

/** Calls of the requests, and the lists and watches by which the recorder saw what it recorded. */
export function recordedCalls({ header, lines }: Recording): readonly Call[] {
  const requests = lines.flatMap((line) => ('request' in line ? [callOf(line.request)] : []));
  return [...requests, ...header.kinds.flatMap(watchesOf)];
}

export function callOf({ method, path, body, bodyType, accept }: RecordedRequest): Call {
  const url = new URL(path, 'https://cluster.invalid');
  const { group, resource, isNamed } = addressOf(url.pathname);
  const contentType = body === null ? '' : (bodyType ?? 'application/json');
  return {
    verb: verbOf(method, contentType, isNamed),
    group,
    resource,
    dryRun: url.searchParams.has('dryRun'),
    named: url.searchParams.has('fieldManager'),
    fieldValidation: url.searchParams.get('fieldValidation') ?? '',
    accept: accept ?? acceptedBy(path),
    contentType,
  };
}

function addressOf(path: string): { group: string; resource: string; isNamed: boolean } {
  const [root, ...rest] = path.split('/').filter((part) => part !== '');
  const group = root === 'api' ? '' : rest.shift()!;
  rest.shift();
  if (rest[0] === 'namespaces' && rest.length > 2) rest.splice(0, 2);
  const [plural, name, subresource] = rest;
  return {
    group,
    resource: subresource ? `${plural}/${subresource}` : plural!,
    isNamed: name !== undefined,
  };
}

function verbOf(method: RecordedRequest['method'], contentType: string, isNamed: boolean): string {
  if (method === 'GET') return isNamed ? 'get' : 'list';
  if (method === 'DELETE') return isNamed ? 'delete' : 'deletecollection';
  if (method === 'PATCH') return contentType.startsWith('application/apply-patch') ? 'apply' : 'patch';
  return method === 'POST' ? 'create' : 'update';
}

function watchesOf(kind: string): readonly Call[] {
  // The group of a kind's subresources has nothing to list.
  const found = (Object.values(registry) as { kind?: string; group: string; plural: string }[]).find(
    (each) => each.kind === kind && !each.group.startsWith('subresources.'),
  );
  if (!found) return [];
  const { group, plural } = found;
  const plain = {
    group,
    resource: plural,
    dryRun: false,
    named: false,
    fieldValidation: '',
    contentType: '',
  };
  return ['list', 'watch'].map((verb) => ({ ...plain, verb, accept: 'application/json' }));
}
