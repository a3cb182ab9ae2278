/** What tells a guest from others: its virtual hardware and the cloud-init data that it was given. */
export interface GuestIdentity {
  readonly hostname: string;
  readonly productUuid: string;
  /** `undefined` where it has no cloud-init disk. */
  readonly seed?: CloudInitSeed;
}

export interface CloudInitSeed {
  readonly instanceId: string;
  readonly localHostname: string;
  /** Its file system's label and where the guest found it, such as `cidata:/dev/vdb`. */
  readonly source: string;
}
