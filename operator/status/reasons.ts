/** The reasons that conditions carry while all goes well; every other reason is a warning that somebody should read. */
const progress = {
  /** The storage has not said yet that the cut is made. */
  Capturing: true,
  /** What was made is being taken down. */
  Deleting: true,
  /** The storage has made the cut and still prepares it for use. */
  StorageNotReady: true,
  /** Claims are waiting for the storage. */
  Provisioning: true,
  /** VMs are being made or on their way through their gates. */
  Starting: true,
  /** Its owner asked for it. */
  Paused: true,
  Cancelled: true,
  /** `mode: Plan`. */
  PlanOnly: true,
  /** Nothing has been decided yet. */
  Pending: true,
  /** A VM that was up is not now; after completion that is its user's business. */
  NotAllUp: true,
  /** Nothing has verified that the network enforces the policy. */
  PolicyUnverified: true,
  /** Asked for: no policy. */
  NotIsolated: true,
} as const satisfies Record<string, true>;

export function isProgress(reason: string): boolean {
  return reason in progress;
}
