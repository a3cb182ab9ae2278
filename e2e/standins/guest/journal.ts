import { createCipheriv } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * What a guest keeps on a raw disk. All numbers are little-endian.
 *
 *     0          4 KiB                64 KiB                                      size
 *     | header   | base pattern       | record 0 | record 1 | … | free (zeros)    |
 *
 * header   magic "envclone-guest/1" (16 bytes) · seed (16) · crc32 of these 32 bytes (4) · zeros
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

const HEADER_MAGIC = Buffer.from('envclone-guest/1');
const RECORD_MAGIC = Buffer.from('RECD');
const CHECKED_HEADER_BYTES = 32;
const CHECKED_RECORD_BYTES = RECORD_BYTES - 4;

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
export function installedSystem(seed: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  HEADER_MAGIC.copy(header, 0);
  seed.copy(header, HEADER_MAGIC.length);
  header.writeUInt32LE(crc32(header.subarray(0, CHECKED_HEADER_BYTES)), CHECKED_HEADER_BYTES);
  const cipher = createCipheriv('aes-128-ctr', seed, Buffer.alloc(16));
  return Buffer.concat([header, cipher.update(Buffer.alloc(JOURNAL_OFFSET - HEADER_BYTES))]);
}

/** The seed that a header names, or `undefined` for a disk on which nothing is installed. */
export function seedOf(header: Buffer): Buffer | undefined {
  if (!header.subarray(0, HEADER_MAGIC.length).equals(HEADER_MAGIC)) return undefined;
  const crc = crc32(header.subarray(0, CHECKED_HEADER_BYTES));
  if (header.readUInt32LE(CHECKED_HEADER_BYTES) !== crc) return undefined;
  return Buffer.from(header.subarray(HEADER_MAGIC.length, CHECKED_HEADER_BYTES));
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
