import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captureLabel, captureLabelPrefix, isPin, pinOf, shortHash, withSuffix } from './names.ts';

describe('names', () => {
  it('with a suffix fit their limit, keep the suffix, and never double a separator', () => {
    const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,250}[a-z0-9])?$/);
    fc.assert(
      fc.property(name, fc.stringMatching(/^[0-9a-f]{1,16}$/), (base, suffix) => {
        const named = withSuffix(base, suffix);
        expect(named.length).toBeLessThanOrEqual(63);
        expect(named.endsWith(`-${suffix}`)).toBe(true);
        expect(named.slice(0, -suffix.length - 1)).toMatch(/[a-z0-9]$/);
      }),
      { numRuns: 300, seed: 20261121 },
    );
  });

  it('do not confuse parts that read the same when joined', () => {
    expect(shortHash(8, 'a', 'bc')).not.toBe(shortHash(8, 'ab', 'c'));
  });

  it('of pins are told from other finalizers', () => {
    expect(isPin(pinOf('uid'))).toBe(true);
    expect(isPin('envclone.io/clone')).toBe(false);
    expect(isPin('envclone.io/capture')).toBe(false);
  });

  it('of the labels of a capture are label keys that only that capture has', () => {
    const uid = '5f0c1a52-6d3e-4a88-8f0a-1de6f6f0c0de';
    const [, name] = captureLabel(uid, 12, 'abcdef').split('/');
    expect(name!.length).toBeLessThanOrEqual(63);
    expect(captureLabel(uid, 12, 'abcdef').startsWith(captureLabelPrefix(uid))).toBe(true);
    expect(captureLabel('another', 12, 'abcdef').startsWith(captureLabelPrefix(uid))).toBe(false);
  });
});
