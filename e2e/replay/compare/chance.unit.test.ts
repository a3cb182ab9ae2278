import { expect, it } from 'vitest';
import { isChance } from './chance.ts';
import type { History } from './histories.ts';

function history(kind: string, uid: string, fields: Record<string, readonly string[]>, contended = false) {
  const timed = Object.entries(fields).map(
    ([path, values]) => [path, values.map((value, ms) => ({ value, ms, version: BigInt(ms) }))] as const,
  );
  const base = { kind, uid, title: `${kind} a/${uid}`, settled: true, contended };
  return { ...base, fields: new Map(timed) } satisfies History;
}

const claim = (uid: string, fields: Record<string, readonly string[]>, contended = false) =>
  history('PersistentVolumeClaim', uid, fields, contended);
const all = (...histories: readonly History[]) => new Map(histories.map((each) => [each.title, each]));
const both = <T>(one: T) => ({ real: one, ours: one });

const running = 'metadata.annotations.cdi.kubevirt.io/storage.condition.running';
const copyOf = { 'metadata.labels.cdi.kubevirt.io/OwnedByUID': ['target'] };

it('a temporary claim may have any of the annotations that its target had', () => {
  const target = claim('target', { [running]: ['—', 'false', 'true'] });
  const [early, late] = [claim('early', copyOf), claim('late', { ...copyOf, [running]: ['false'] })];
  expect(isChance(running, { real: late, ours: early }, both(all(target, early, late)))).toBe(true);
  const other = claim('other', { ...copyOf, [running]: ['never'] });
  expect(isChance(running, { real: late, ours: other }, both(all(target, late, other)))).toBe(false);
});

it('an annotation of a target that does not change is no chance', () => {
  const target = claim('target', { [running]: ['true'] });
  const [without, having] = [claim('a', copyOf), claim('b', { ...copyOf, [running]: ['true'] })];
  expect(isChance(running, { real: having, ours: without }, both(all(target, without, having)))).toBe(false);
});

it('the mark of the volume controller may be missing where two writers met', () => {
  const path = 'metadata.annotations.volume.kubernetes.io/storage-provisioner';
  const marked = claim('a', { [path]: ['driver'] });
  const [contended, quiet] = [claim('a', {}, true), claim('a', {})];
  expect(isChance(path, { real: contended, ours: marked }, both(all(marked)))).toBe(true);
  expect(isChance(path, { real: quiet, ours: marked }, both(all(marked)))).toBe(false);
});

it('a claim whose volume was given to another may be Lost or not yet', () => {
  const donor = claim('donor', { 'spec.volumeName': ['—', 'v'], 'status.phase': ['Pending', 'Bound'] });
  const other = (volume: string) => claim('other', { 'spec.volumeName': ['—', volume] });
  expect(isChance('status.phase', both(donor), both(all(donor, other('v'))))).toBe(true);
  expect(isChance('status.phase', both(donor), both(all(donor, other('w'))))).toBe(false);
});

it('what an agent can do is chance where its guest was frozen, and only there', () => {
  const path = 'status.conditions[AgentVersionNotSupported].reason';
  const asked = (fields: Record<string, readonly string[]>) =>
    history('VirtualMachineInstance', 'db', { ...fields, [path]: ['—', 'lacks basic commands'] });
  const frozen = { 'status.fsFreezeStatus': ['—', 'frozen', '—'] };
  const notAsked = history('VirtualMachineInstance', 'db', frozen);
  expect(isChance(path, { real: notAsked, ours: asked(frozen) }, both(all()))).toBe(true);
  expect(isChance(path, { real: notAsked, ours: asked({}) }, both(all()))).toBe(false);
});

it('of several freezes some may be missed, but not all, nor how it ended', () => {
  const path = 'status.fsFreezeStatus';
  const guest = (...values: readonly string[]) => history('VirtualMachineInstance', 'db', { [path]: values });
  const twice = guest('—', 'frozen', '—', 'frozen', '—');
  const isMissed = (real: History, ours: History) => isChance(path, { real, ours }, both(all()));
  expect(isMissed(twice, guest('—', 'frozen', '—'))).toBe(true);
  expect(isMissed(twice, guest('—'))).toBe(false);
  expect(isMissed(twice, guest('—', 'frozen'))).toBe(false);
  const gone = (guest: History) => ({ ...guest, deleted: { ms: 9, version: 9n } });
  expect(isMissed(gone(twice), gone(guest('—', 'frozen')))).toBe(true);
  expect(isMissed(guest('—', 'frozen', '—'), twice)).toBe(false);
});

it('a scheduler may look at a pod before its claim is bound, if that comes at once', () => {
  const path = 'status.conditions[PodScheduled].status';
  const pod = (fields: Readonly<Record<string, number>>): History => ({
    ...history('Pod', 'p', {}),
    fields: new Map([
      [path, Object.entries(fields).map(([value, ms]) => ({ value, ms, version: BigInt(ms) }))],
    ]),
  });
  const isOfBinding = (real: History, ours: History) => isChance(path, { real, ours }, both(all()));
  expect(isOfBinding(pod({ False: 100, True: 300 }), pod({ True: 100 }))).toBe(true);
  expect(isOfBinding(pod({ False: 100, True: 900 }), pod({ True: 100 }))).toBe(false);
  expect(isOfBinding(pod({ False: 100, True: 300 }), pod({ False: 100 }))).toBe(false);
  expect(isOfBinding(pod({ False: 100, True: 300 }), pod({ True: 100, False: 300 }))).toBe(false);
});
