import type { VirtualMachine, VirtualMachineSpec } from '../types.ts';

/** Whether a VM keeps a TPM's or the firmware's state in a claim of its own. */
export function needsBackendStorage({ template }: VirtualMachineSpec): boolean {
  const { devices, firmware } = template.spec.domain;
  const tpm = devices.tpm as { persistent?: boolean } | undefined;
  const bootloader = firmware?.bootloader as { efi?: { persistent?: boolean } } | undefined;
  return tpm?.persistent === true || bootloader?.efi?.persistent === true;
}

export function refuseBackendStorage({ metadata, spec }: VirtualMachine): void {
  if (!needsBackendStorage(spec)) return;
  throw new Error(
    `a snapshot of ${metadata.namespace}/${metadata.name}: persistent TPM and EFI are not modelled by the stand-in`,
  );
}
