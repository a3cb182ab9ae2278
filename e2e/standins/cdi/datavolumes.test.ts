import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import {
  Claims,
  DataVolumes,
  Pods,
  resourcePath,
  VolumeCloneSources,
  VolumeGroupSnapshots,
  VolumeSnapshots,
} from '../kube/kinds.ts';
import { isInOrder, Scratch } from '../scratch.ts';
import type { Claim, ClaimSpec, VolumeGroupSnapshot, VolumeSnapshot } from '../storage/objects.ts';
import type { DataVolume, DataVolumeSpec } from './objects.ts';

let source: Scratch;
let target: Scratch;
beforeAll(async () => {
  source = await Scratch.create(inject('kubeconfig'), 'dv-source');
  target = await Scratch.create(inject('kubeconfig'), 'dv-target');
  await source.boundClaim('data');
  await source.readySnapshot('snap', 'data');
});
afterAll(() => Promise.all([source, target].map((scratch) => scratch?.[Symbol.asyncDispose]())));

const fromSnapshot = () => ({ snapshot: { namespace: source.namespace, name: 'snap' } });
const immediate: ClaimSpec = { storageClassName: 'immediate' };

function create(scratch: Scratch, name: string, spec: DataVolumeSpec, annotations = {}): Promise<DataVolume> {
  const metadata = { name, annotations };
  return scratch.create(DataVolumes, {
    apiVersion: 'cdi.kubevirt.io/v1beta1',
    kind: 'DataVolume',
    metadata,
    spec,
  });
}

function succeeded(scratch: Scratch, name: string): Promise<DataVolume> {
  const is = ({ status }: DataVolume) => {
    const bound = status?.conditions?.find(({ type }) => type === 'Bound');
    return status?.phase === 'Succeeded' && bound?.status === 'True';
  };
  return scratch.until<DataVolume>(DataVolumes, name, 'succeeded', is);
}

function obstacle(scratch: Scratch, name: string, reason: string): Promise<DataVolume> {
  const is = ({ status }: DataVolume) =>
    status?.conditions?.some((condition) => condition.reason === reason) ?? false;
  return scratch.until<DataVolume>(DataVolumes, name, reason, is);
}

test('a clone in its own namespace goes through the recorded phases and leaves nothing temporary', async () => {
  const phases = await source.record<DataVolume>(DataVolumes, 'plain', ({ status }) => status?.phase);
  const clonePhases = await source.record<Claim>(
    Claims,
    'plain',
    ({ metadata }) => metadata.annotations?.['cdi.kubevirt.io/clonePhase'],
  );
  await create(source, 'plain', { source: fromSnapshot(), storage: immediate });
  const volume = await succeeded(source, 'plain');
  const order = [undefined, 'CloneScheduled', 'CloneFromSnapshotSourceInProgress', 'Succeeded'];
  expect(isInOrder(phases, order), phases.join(' → ')).toBe(true);
  expect(
    isInOrder(clonePhases, [undefined, 'Pending', 'SnapshotClone', 'Succeeded']),
    clonePhases.join(),
  ).toBe(true);
  expect(volume.status).toMatchObject({ claimName: 'plain', progress: '100.0%' });
  const claim = await source.get<Claim>(Claims, 'plain');
  expect(claim.spec).toMatchObject({
    resources: { requests: { storage: '64Mi' } },
    volumeMode: 'Filesystem',
  });
  await source.untilGone(VolumeCloneSources, `volume-clone-source-${volume.metadata.uid}`);
  await source.untilGone(Claims, `tmp-pvc-${claim.metadata.uid}`);
});

test('a clone into another namespace makes its temporary claim beside the source', async () => {
  const phases = await target.record<DataVolume>(DataVolumes, 'across', ({ status }) => status?.phase);
  const reasons = await target.record<DataVolume>(DataVolumes, 'across', boundReason);
  await create(target, 'across', { source: fromSnapshot(), storage: immediate });
  await succeeded(target, 'across');
  const order = [undefined, 'Pending', 'CloneScheduled', 'CloneFromSnapshotSourceInProgress', 'Succeeded'];
  expect(isInOrder(phases, order), phases.join(' → ')).toBe(true);
  expect(
    isInOrder(reasons, [undefined, 'NotFound', 'CloneScheduled', 'Pending', 'Bound']),
    reasons.join(),
  ).toBe(true);
  const claim = await target.get<Claim>(Claims, 'across');
  const events = await target.events('across');
  expect(events.join('\n')).toContain(
    `[tmp-pvc-${claim.metadata.uid}] : External provisioner is provisioning volume for claim "${source.namespace}/`,
  );
});

const boundReason = ({ status }: DataVolume) =>
  status?.conditions?.find(({ type }) => type === 'Bound')?.reason;

test('a stated size grows by the overhead of a file system', async () => {
  await create(source, 'sized', {
    source: fromSnapshot(),
    storage: { ...immediate, resources: { requests: { storage: '64Mi' } } },
  });
  await succeeded(source, 'sized');
  const claim = await source.get<Claim>(Claims, 'sized');
  expect(claim.status?.capacity?.storage).toBe('71135396');
});

test('a DataVolume that cannot begin has no phase, only conditions that say why', async () => {
  const small = { ...immediate, resources: { requests: { storage: '32Mi' } } };
  await create(source, 'small', { source: fromSnapshot(), storage: small });
  const tooSmall = await obstacle(source, 'small', 'CloneValidationFailed');
  expect(tooSmall.status).not.toHaveProperty('phase');
  expect(tooSmall.status!.conditions![0]!.message).toBe(
    "The clone doesn't meet the validation requirements: target resources requests storage size is smaller than the source 33554432 < 67108864",
  );
  await create(source, 'classless', { source: fromSnapshot(), storage: { storageClassName: 'nope' } });
  const classless = await obstacle(source, 'classless', 'ErrClaimNotValid');
  expect(classless.status!.conditions![0]!.message).toBe(
    'PVC spec is missing accessMode and no storageClass to choose profile',
  );
});

test('a clone whose snapshot comes late begins when it is there', async () => {
  const late = { snapshot: { namespace: source.namespace, name: 'late' } };
  await create(source, 'waits', { source: late, storage: immediate });
  const waits = await obstacle(source, 'waits', 'CloneWithoutSource');
  expect(waits.status!.conditions![0]!.message).toBe("The source snapshot late doesn't exist");
  await source.readySnapshot('late', 'data');
  await succeeded(source, 'waits');
});

test('on a class that waits for a consumer the clone waits in PendingPopulation until a pod uses it', async () => {
  await create(source, 'consumed', { source: fromSnapshot(), storage: { storageClassName: 'wffc' } });
  await source.until<DataVolume>(
    DataVolumes,
    'consumed',
    'waiting',
    ({ status }) => status?.phase === 'PendingPopulation',
  );
  await source.create(Pods, {
    metadata: { name: 'consumer' },
    spec: {
      containers: [{ name: 'c', image: 'none' }],
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'consumed' } }],
    },
  });
  await succeeded(source, 'consumed');
});

test('an annotation makes such a clone bind at once', async () => {
  const now = { 'cdi.kubevirt.io/storage.bind.immediate.requested': '' };
  await create(source, 'now', { source: fromSnapshot(), storage: { storageClassName: 'wffc' } }, now);
  await succeeded(source, 'now');
});

test('a kind that nobody populates is called Succeeded while its claim is Pending for ever', async () => {
  const dataSourceRef = { apiGroup: 'example.test', kind: 'Image', name: 'x' };
  const storage = { ...immediate, resources: { requests: { storage: '64Mi' } }, dataSourceRef };
  await create(source, 'foreign', { storage });
  const done = ({ status }: DataVolume) => status?.phase === 'Succeeded';
  const { status } = await source.until<DataVolume>(DataVolumes, 'foreign', 'succeeded', done);
  expect(status).toMatchObject({
    progress: 'N/A',
    conditions: [{ type: 'Bound', status: 'False' }, { type: 'Ready', status: 'True' }, { type: 'Running' }],
  });
  const claim = await source.get<Claim>(Claims, 'foreign');
  expect(claim.status?.phase).toBe('Pending');
  expect(claim.metadata.annotations).toMatchObject({ 'cdi.kubevirt.io/externalPopulation': 'true' });
});

test('where the driver cannot clone, CDI copies and says why on the claim', async () => {
  await create(source, 'copied', { source: fromSnapshot(), storage: { storageClassName: 'other' } });
  await succeeded(source, 'copied');
  const { metadata } = await source.get<Claim>(Claims, 'copied');
  expect(metadata.annotations).toMatchObject({
    'cdi.kubevirt.io/cloneType': 'copy',
    'cdi.kubevirt.io/cloneFallbackReason': "The storage class provisioner doesn't match the snapshot driver",
  });
});

test('a copy by the host leaves neither its pods nor its temporary claim', async () => {
  const clonePhase = ({ metadata }: Claim) => metadata.annotations?.['cdi.kubevirt.io/clonePhase'];
  const seen = await source.record<Claim>(Claims, 'copied-by-pods', clonePhase);
  await create(source, 'copied-by-pods', { source: fromSnapshot(), storage: { storageClassName: 'other' } });
  await succeeded(source, 'copied-by-pods');
  expect(
    isInOrder(seen, [undefined, 'Pending', 'SnapshotClone', 'HostClone', 'Succeeded']),
    seen.join(),
  ).toBe(true);
  const { metadata } = await source.get<Claim>(Claims, 'copied-by-pods');
  await source.untilGone(Pods, `cdi-upload-tmp-pvc-${metadata.uid}`);
  await source.untilGone(Claims, `tmp-pvc-${metadata.uid}`);
});

test('a clone of a claim without a size is as large as the image, which a pod measures', async () => {
  await source.boundClaim('image');
  const annotations = { 'cdi.kubevirt.io/storage.contentType': 'kubevirt' };
  const path = resourcePath(Claims, source.namespace, 'image');
  await source.client.mergePatch(path, { metadata: { annotations } });
  const pvc = { namespace: source.namespace, name: 'image' };
  await create(source, 'measured', { source: { pvc }, storage: immediate });
  await succeeded(source, 'measured');
  const { metadata, spec } = await source.get<Claim>(Claims, 'measured');
  // 60 MiB is what 6 % of overhead leave of 64 MiB; the clone's own overhead comes on top.
  expect(spec.resources?.requests?.storage).toBe('66689434');
  expect(metadata.annotations).toHaveProperty(['cdi.kubevirt.io/permissiveClone'], 'true');
  const original = await source.get<Claim>(Claims, 'image');
  expect(original.metadata.annotations).toMatchObject({
    'cdi.Kubervirt.io/virtualSize': '62914560',
    'cdi.Kubervirt.io/sourceCapacity': '64Mi',
  });
  await source.untilGone(Pods, `size-detection-${original.metadata.uid}`);
});

test('a clone smaller than its claim fails for ever, with a claim that waits', async () => {
  const storage = { ...immediate, resources: { requests: { storage: '16Mi' } } };
  const pvc = { namespace: source.namespace, name: 'data' };
  await create(source, 'too-small', { source: { pvc }, storage });
  const volume = await obstacle(source, 'too-small', 'Error');
  expect(volume.status?.phase).toBe('CloneScheduled');
  expect(volume.status!.conditions!.find(({ type }) => type === 'Running')!.message).toBe(
    'target resources requests storage size is smaller than the source 17783849 < 67108864',
  );
  await source.delete(DataVolumes, 'too-small');
});

test('a member of a group is refused for ever: it has no class', async () => {
  await source.boundClaim('grouped', {}, { capture: 'dv' });
  await source.create(VolumeGroupSnapshots, {
    apiVersion: 'groupsnapshot.storage.k8s.io/v1',
    kind: 'VolumeGroupSnapshot',
    metadata: { name: 'group' },
    spec: {
      source: { selector: { matchLabels: { capture: 'dv' } } },
      volumeGroupSnapshotClassName: 'hostpath-group',
    },
  });
  const ready = ({ status }: VolumeGroupSnapshot) => status?.readyToUse === true;
  await source.until<VolumeGroupSnapshot>(VolumeGroupSnapshots, 'group', 'ready', ready);
  const { items } = await source.client.list<VolumeSnapshot>(resourcePath(VolumeSnapshots, source.namespace));
  const member = items.find(({ status }) => status?.volumeGroupSnapshotName === 'group')!;
  const { namespace, name } = member.metadata;
  await create(source, 'of-member', {
    source: { snapshot: { namespace: namespace!, name } },
    storage: immediate,
  });
  const { status } = await obstacle(source, 'of-member', 'CloneValidationFailed');
  expect(status!.conditions![0]!.message).toBe(
    `The clone doesn't meet the validation requirements: snapshot ${name}/${namespace} does not have volume snap class populated, can't clone`,
  );
});

test('a blank DataVolume is filled by an importer pod', async () => {
  const phases = await source.record<DataVolume>(DataVolumes, 'blank', ({ status }) => status?.phase);
  await create(source, 'blank', {
    source: { blank: {} },
    storage: { ...immediate, resources: { requests: { storage: '64Mi' } } },
  });
  await succeeded(source, 'blank');
  const order = [undefined, 'ImportScheduled', 'ImportInProgress', 'Succeeded'];
  expect(isInOrder(phases, order), phases.join(' → ')).toBe(true);
});

test('a claim in use is not cloned, and only an Event on the target says who uses it', async () => {
  await source.create(Pods, {
    metadata: { name: 'user' },
    spec: {
      containers: [{ name: 'c', image: 'none' }],
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
    },
  });
  await create(source, 'by-claim', {
    source: { pvc: { namespace: source.namespace, name: 'data' } },
    storage: immediate,
  });
  const message = `CloneSourceInUse: pod ${source.namespace}/user using PersistentVolumeClaim data`;
  await expect.poll(() => source.events('by-claim')).toContain(message);
  await source.client.delete(`/api/v1/namespaces/${source.namespace}/pods/user`, { gracePeriodSeconds: 0 });
  await succeeded(source, 'by-claim');
});

test('deleting the claim of a finished DataVolume clones the old snapshot again', async () => {
  await create(source, 'again', { source: fromSnapshot(), storage: immediate });
  await succeeded(source, 'again');
  const first = await source.get<Claim>(Claims, 'again');
  await source.delete(Claims, 'again');
  const other = ({ metadata, status }: Claim) =>
    metadata.uid !== first.metadata.uid && status?.phase === 'Bound';
  await source.until<Claim>(Claims, 'again', 'made again', other);
});
