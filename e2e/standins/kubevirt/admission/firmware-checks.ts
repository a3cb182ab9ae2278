import type { InstanceSpec } from '../types.ts';
import { type Cause, invalid } from './cause.ts';

interface Bootloader {
  readonly bios?: object;
  readonly efi?: { readonly secureBoot?: boolean };
}

export function machineTypeIsUnknown(at: string, { domain }: InstanceSpec): Cause[] {
  const type = domain.machine?.type ?? '';
  if (type === '' || /^(pc-)?q35/.test(type)) return [];
  const field = `${at}.domain.machine.type`;
  return [invalid(field, `${field} is not supported: ${type} (allowed values: [q35* pc-q35*])`)];
}

export function firmwareCauses(at: string, { domain }: InstanceSpec): Cause[] {
  const { bios, efi } = (domain.firmware?.bootloader ?? {}) as Bootloader;
  return [...bothBootloaders(at, bios, efi), ...secureBootWithoutSmm(at, domain.features, efi)];
}

function bothBootloaders(at: string, bios?: object, efi?: object): Cause[] {
  if (bios === undefined || efi === undefined) return [];
  const field = `${at}.domain.firmware.bootloader`;
  return [invalid(field, `${field} has both EFI and BIOS configured, but they are mutually exclusive.`)];
}

/** EFI means SecureBoot unless it is switched off. */
function secureBootWithoutSmm(
  at: string,
  features: Record<string, unknown> = {},
  efi?: { readonly secureBoot?: boolean },
): Cause[] {
  if (efi === undefined || efi.secureBoot === false || features.smm !== undefined) return [];
  const message = 'has EFI SecureBoot enabled. SecureBoot requires SMM, which is currently disabled.';
  return [invalid(`${at}.domain`, `${at}.domain ${message}`)];
}
