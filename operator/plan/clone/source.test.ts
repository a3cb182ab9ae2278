import { describe, expect, it } from 'vitest';
import { pinOf } from '../../names.ts';
import { aClone, aContext, aSnapshot, at, cloneUid, told } from '../../testing/index.ts';
import { chooseSnapshot, ownCaptureName, pin, requestCapture, unpin } from './source.ts';

const source = { namespace: 'production', environment: 'shop' };
const minute = 60_000;
const taken = (name: string, ms: number, more: Parameters<typeof aSnapshot>[0] = {}) =>
  aSnapshot({
    status: { phase: 'Complete', pointInTime: { requested: at(ms), achieved: at(ms) } },
    ...more,
    metadata: { name, ...more.metadata },
  });
const captures = [taken('early', 0), taken('middle', 10 * minute), taken('late', 20 * minute)];
const choose = (spec: object, candidates = captures) =>
  chooseSnapshot(aClone({ source, ...spec }), candidates);

describe('the snapshot that a clone is made from', () => {
  it('is the one that the spec names', () => {
    expect(choose({ source: { ...source, snapshot: 'special' } })).toBe('special');
  });

  it('is one of its own where no time is given', () => {
    expect(choose({})).toBe(`shop-${cloneUid.slice(0, 8)}`);
  });

  it('is the newest that is not after asOf', () => {
    expect(choose({ asOf: at(15 * minute) })).toBe('middle');
    expect(choose({ asOf: at(20 * minute) })).toBe('late');
    expect(choose({ asOf: at(-1) })).toBeUndefined();
  });

  it('is not older than maxAge allows', () => {
    expect(choose({ asOf: at(15 * minute), maxAge: '5m' })).toBe('middle');
    expect(choose({ asOf: at(15 * minute), maxAge: '4m' })).toBeUndefined();
  });

  it('is never one of another Environment, incomplete, or being deleted', () => {
    const unfit = [
      taken('another', 9 * minute, { spec: { environment: 'mail', applications: [] } }),
      taken('incomplete', 9 * minute, { status: { phase: 'Incomplete' } }),
      taken('deleted', 9 * minute, { metadata: { name: 'deleted', deletionTimestamp: at(0) } }),
    ];
    expect(choose({ asOf: at(9 * minute) }, [...unfit, ...captures])).toBe('early');
  });

  it('stays the one that it has begun with, although a better one turns up', () => {
    const pinned = taken('early', 0, { metadata: { name: 'early', finalizers: [pinOf(cloneUid)] } });
    expect(choose({ asOf: at(15 * minute) }, [pinned, ...captures.slice(1)])).toBe('early');
  });
});

describe('a capture for one clone alone', () => {
  it('has a name that fits, and differs from clone to clone', () => {
    const named = (environment: string, uid: string) =>
      ownCaptureName(aClone({ source: { ...source, environment } }, { uid }));
    expect(named('e'.repeat(200), cloneUid)).toHaveLength(63);
    expect(named('shop', 'aaaaaaaa-1')).not.toBe(named('shop', 'bbbbbbbb-1'));
  });

  it('captures what is wanted, and is found again by its clone', () => {
    expect(requestCapture(aContext({ source }), ['web'])).toMatchObject({
      object: {
        metadata: { namespace: 'production', labels: { 'envclone.io/clone': cloneUid } },
        spec: { environment: 'shop', applications: ['web'] },
      },
    });
  });
});

describe('the pin', () => {
  const free = aSnapshot();
  const pinned = aSnapshot({
    metadata: { name: 'nightly', finalizers: [pinOf(cloneUid), pinOf('another')] },
  });

  it('is put once, and never on what is being deleted', () => {
    expect(pin(free, aContext())).toMatchObject([{ step: 'addFinalizer', finalizer: pinOf(cloneUid) }]);
    expect(pin(pinned, aContext())).toEqual([]);
    expect(pin(aSnapshot({ metadata: { name: 'nightly', deletionTimestamp: at(0) } }), aContext())).toEqual(
      [],
    );
  });

  it('is taken off alone: other clones keep theirs', () => {
    expect(told(unpin(pinned, aContext()))).toEqual([
      `remove finalizer ${pinOf(cloneUid)} of EnvironmentSnapshot production/nightly`,
    ]);
    expect(unpin(free, aContext())).toEqual([]);
    expect(unpin(undefined, aContext())).toEqual([]);
  });
});
