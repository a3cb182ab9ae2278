import { createCipheriv } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * What a guest keeps on a raw disk. All numbers are little-endian.
 *
 *     0          4 KiB                64 KiB                                      size
 *     | header   | base pattern       | record 0 | record 1 | … | free (zeros)    |
 *
 * header   magic "envclone-guest/2" (16 bytes) · seed (16) · flags (4) · serves after, in milliseconds (4)
 *          · crc32 of these 40 bytes (4) · zeros
 * flags    1: the system boots · 2: it has an agent · 4: it answers on every port. A header with any other flag, or another
 *          magic, is not read: the disk counts as blank.
 * base     AES-128-CTR of zeros under the seed: stands for an installed system, so that no two installations
 *          are alike and any lost or moved block shows
 * record   magic "RECD" (4) · disk index (4) · sequence (8) · writer, the VMI's uid (16) · boot id (16)
 *          · zeros (12) · crc32 of the first 60 bytes (4)
 *
 * Records are only ever appended, their sequences grow by one, and the first that is not valid ends the journal.
 */
export const HEADER_BYTES = 4096;
export const JOURNAL_OFFSET = 65_536;
export const RECORD_BYTES = 64;

const HEADER_MAGIC = Buffer.from('envclone-guest/2');
const RECORD_MAGIC = Buffer.from('RECD');
const SEED_END = 32;
const CHECKED_HEADER_BYTES = 40;
const BOOTS = 1;
const AGENT = 2;
const EVERY_PORT = 4;
const CHECKED_RECORD_BYTES = RECORD_BYTES - 4;

/** What is installed on a disk: a guest is what its boot disk says, and so is every copy of it. */
export interface GuestSystem {
  readonly boots: boolean;
  readonly agent: boolean;
  /** How long after its boot its application answers. */
  readonly servesAfterSeconds: number;
  /** Whether it answers on every port, as the systems that guests install themselves do; else on 80 alone. */
  readonly servesEveryPort?: boolean;
}

export const DEFAULT_SYSTEM: GuestSystem = {
  boots: true,
  agent: true,
  servesAfterSeconds: 0,
  servesEveryPort: true,
};
/** What a guest makes of further disks that are blank: file systems, from which nothing boots. */
export const DATA_ONLY: GuestSystem = { boots: false, agent: false, servesAfterSeconds: 0 };

export interface JournalRecord {
  /** Place of the disk among the VM's disks, from 0. */
  readonly disk: number;
  /** The VM's own count of its writes, from 1. */
  readonly sequence: number;
  /** UID of the VirtualMachineInstance that wrote it. */
  readonly writer: string;
  /** Another one for every boot, also where the writer stays the same. */
  readonly boot: string;
}

/** The first 64 KiB of a freshly installed disk: header and base pattern. */
export function installation(seed: Buffer, system: GuestSystem): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  HEADER_MAGIC.copy(header, 0);
  seed.copy(header, HEADER_MAGIC.length);
  header.writeUInt32LE(flagsOf(system), SEED_END);
  header.writeUInt32LE(Math.round(system.servesAfterSeconds * 1000), SEED_END + 4);
  header.writeUInt32LE(crc32(header.subarray(0, CHECKED_HEADER_BYTES)), CHECKED_HEADER_BYTES);
  const cipher = createCipheriv('aes-128-ctr', seed, Buffer.alloc(16));
  return Buffer.concat([header, cipher.update(Buffer.alloc(JOURNAL_OFFSET - HEADER_BYTES))]);
}

function flagsOf({ boots, agent, servesEveryPort }: GuestSystem): number {
  return (boots ? BOOTS : 0) | (agent ? AGENT : 0) | (servesEveryPort ? EVERY_PORT : 0);
}

/** What a header says was installed; `undefined` for a disk on which nothing is. */
export function installedOn(
  header: Buffer,
): { readonly seed: Buffer; readonly system: GuestSystem } | undefined {
  if (!header.subarray(0, HEADER_MAGIC.length).equals(HEADER_MAGIC)) return undefined;
  const crc = crc32(header.subarray(0, CHECKED_HEADER_BYTES));
  if (header.readUInt32LE(CHECKED_HEADER_BYTES) !== crc) return undefined;
  const flags = header.readUInt32LE(SEED_END);
  if ((flags & ~(BOOTS | AGENT | EVERY_PORT)) !== 0) return undefined;
  const system = {
    boots: (flags & BOOTS) !== 0,
    agent: (flags & AGENT) !== 0,
    servesAfterSeconds: header.readUInt32LE(SEED_END + 4) / 1000,
    servesEveryPort: (flags & EVERY_PORT) !== 0,
  };
  return { seed: Buffer.from(header.subarray(HEADER_MAGIC.length, SEED_END)), system };
}

export function encodeRecord(record: JournalRecord): Buffer {
  const bytes = Buffer.alloc(RECORD_BYTES);
  RECORD_MAGIC.copy(bytes, 0);
  bytes.writeUInt32LE(record.disk, 4);
  bytes.writeBigUInt64LE(BigInt(record.sequence), 8);
  uuidBytes(record.writer).copy(bytes, 16);
  uuidBytes(record.boot).copy(bytes, 32);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, CHECKED_RECORD_BYTES)), CHECKED_RECORD_BYTES);
  return bytes;
}

/** The record in these 64 bytes, or `undefined` where there is no whole one. */
export function decodeRecord(bytes: Buffer): JournalRecord | undefined {
  if (!bytes.subarray(0, RECORD_MAGIC.length).equals(RECORD_MAGIC)) return undefined;
  const crc = crc32(bytes.subarray(0, CHECKED_RECORD_BYTES));
  if (bytes.readUInt32LE(CHECKED_RECORD_BYTES) !== crc) return undefined;
  return {
    disk: bytes.readUInt32LE(4),
    sequence: Number(bytes.readBigUInt64LE(8)),
    writer: uuidText(bytes.subarray(16, 32)),
    boot: uuidText(bytes.subarray(32, 48)),
  };
}

function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
