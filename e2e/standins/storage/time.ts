/** Whole seconds in RFC 3339, as Kubernetes writes times. */
export function timestamp(milliseconds: number = Date.now()): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** Nanoseconds since 1970 as such a timestamp. */
export function timestampOfNanoseconds(nanoseconds: number): string {
  return timestamp(nanoseconds / 1e6);
}
