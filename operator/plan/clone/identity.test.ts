import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aContext } from '../../testing/index.ts';
import { derivedMac, derivedUuid } from './identity.ts';

const seeded = { numRuns: 500, seed: 20261121 };
const uid = fc.uuid();
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const of = (uid_: string) => aContext({}, { uid: uid_ });

describe('an address that is made anew', () => {
  it('finding B §9.7: is a local unicast address', () => {
    fc.assert(
      fc.property(uid, name, name, (clone, machine, nic) => {
        const mac = derivedMac(of(clone), machine, nic);
        expect(mac).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
        expect(Number.parseInt(mac.slice(0, 2), 16) & 0b11).toBe(0b10);
      }),
      seeded,
    );
  });

  it('is the same at every look, and another for every clone, VM and interface', () => {
    fc.assert(
      fc.property(uid, uid, name, name, (clone, other, machine, nic) => {
        fc.pre(clone !== other && machine !== nic);
        const mac = derivedMac(of(clone), machine, nic);
        expect(derivedMac(of(clone), machine, nic)).toBe(mac);
        const others = [
          derivedMac(of(other), machine, nic),
          derivedMac(of(clone), nic, nic),
          derivedMac(of(clone), machine, machine),
        ];
        expect(others).not.toContain(mac);
      }),
      seeded,
    );
  });

  it('does not meet another in a clone of 10,000 interfaces', () => {
    const all = Array.from({ length: 10_000 }, (_, index) =>
      derivedMac(aContext(), `vm-${index}`, 'default'),
    );
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('a UUID that is made anew', () => {
  it('finding B §9.10: is a version 8 UUID of RFC 9562', () => {
    fc.assert(
      fc.property(uid, name, (clone, machine) => {
        expect(derivedUuid(of(clone), machine, 'uuid')).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }),
      seeded,
    );
  });

  it('is the same at every look, and another for every clone, VM and purpose', () => {
    const uuid = derivedUuid(aContext(), 'db', 'uuid');
    expect(derivedUuid(aContext(), 'db', 'uuid')).toBe(uuid);
    expect(derivedUuid(aContext(), 'web', 'uuid')).not.toBe(uuid);
    expect(derivedUuid(aContext(), 'db', 'serial')).not.toBe(uuid);
    expect(derivedUuid(of('another'), 'db', 'uuid')).not.toBe(uuid);
  });
});
