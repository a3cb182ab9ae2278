import type { InstanceSpec } from '../types.ts';
import { type Cause, invalid } from './cause.ts';
import { cloudInitCauses } from './cloud-init-checks.ts';
import { diskCauses, volumeCauses } from './disk-checks.ts';
import { firmwareCauses, machineTypeIsUnknown } from './firmware-checks.ts';
import { memoryRequestExceedsLimit } from './memory-checks.ts';
import { bootOrderIsTakenTwice, interfaceCauses, networkCauses } from './network-checks.ts';
import { probeCauses } from './probe-checks.ts';
import { RESERVED_LABELS } from './reserved-labels.ts';

/** Checks an instance spec that stands at a path; in the order in which the real one reports. */
export type SpecCheck = (at: string, spec: InstanceSpec) => Cause[];

const checks: readonly SpecCheck[] = [
  volumeCauses,
  diskCauses,
  cloudInitCauses,
  hostnameIsNoLabel,
  subdomainIsNoSubdomain,
  memoryRequestExceedsLimit,
  networkCauses,
  interfaceCauses,
  bootOrderIsTakenTwice,
  probeCauses,
  machineTypeIsUnknown,
  firmwareCauses,
];

export function specCauses(
  at: string,
  spec: InstanceSpec,
  labels: Record<string, string> = {},
  labelsAt = 'metadata.labels',
): Cause[] {
  return [...checks.flatMap((check) => check(at, spec)), ...labelIsReserved(labelsAt, labels)];
}

function labelIsReserved(at: string, labels: Record<string, string>): Cause[] {
  if (!RESERVED_LABELS.some((label) => label in labels)) return [];
  const message = 'creation of the following reserved kubevirt.io/ labels on a VMI object is prohibited';
  return [{ reason: 'FieldValueNotSupported', message, field: at }];
}

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;

function hostnameIsNoLabel(at: string, { hostname }: InstanceSpec): Cause[] {
  if (hostname === undefined || hostname === '') return [];
  const rule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end " +
    `with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`;
  const broken = [
    ...(hostname.length > 63 ? ['must be no more than 63 characters'] : []),
    ...(new RegExp(`^${LABEL}$`).test(hostname) ? [] : [rule]),
  ];
  if (broken.length === 0) return [];
  const field = `${at}.hostname`;
  return [
    invalid(field, `${field} does not conform to the kubernetes DNS_LABEL rules : ${broken.join(', ')}`),
  ];
}

function subdomainIsNoSubdomain(at: string, { subdomain }: InstanceSpec): Cause[] {
  if (subdomain === undefined || subdomain === '' || new RegExp(`^${SUBDOMAIN}$`).test(subdomain)) return [];
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start " +
    `and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;
  const field = `${at}.subdomain`;
  return [invalid(field, `${field} does not conform to the kubernetes DNS_SUBDOMAIN rules : ${rule}`)];
}
