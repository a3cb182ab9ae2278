import type { InstanceSpec } from '../types.ts';
import { type Cause, invalid } from './cause.ts';

const USER_DATA = ['userData', 'userDataBase64', 'secretRef'];
const NETWORK_DATA = ['networkData', 'networkDataBase64', 'networkDataSecretRef'];
const LIMIT_BYTES = 2048;

/** Cloud-init volumes of both kinds: some data, from one place, not too much. */
export function cloudInitCauses(at: string, { volumes = [] }: InstanceSpec): Cause[] {
  return volumes.flatMap((volume, index) =>
    ['cloudInitNoCloud', 'cloudInitConfigDrive'].flatMap((kind) => {
      const source = volume[kind] as Record<string, unknown> | undefined;
      return source === undefined ? [] : sourceCauses(source, `${at}.volumes[${index}].${kind}`, kind);
    }),
  );
}

function sourceCauses(source: Record<string, unknown>, at: string, kind: string): Cause[] {
  const given = (fields: string[]) =>
    fields.filter((field) => source[field] !== undefined && source[field] !== '');
  const [user, network] = [given(USER_DATA), given(NETWORK_DATA)];
  if (user.length > 1) return [invalid(at, `${at} must have only one userdatasource set.`)];
  if (network.length > 1) return [invalid(at, `${at} must have only one networkdata source set.`)];
  if (user.length + network.length === 0)
    return [invalid(at, `${at} must have at least one userdatasource or one networkdatasource set.`)];
  return [...notBase64(source, at, kind), ...tooLong(source, at)];
}

function notBase64({ userDataBase64 }: Record<string, unknown>, at: string, kind: string): Cause[] {
  if (typeof userDataBase64 !== 'string' || /^[A-Za-z0-9+/]*={0,2}$/.test(userDataBase64)) return [];
  const field = `${at}.userDataBase64`;
  return [invalid(field, `${field}.${kind}.userDataBase64 is not a valid base64 value.`)];
}

function tooLong({ userData, userDataBase64 }: Record<string, unknown>, at: string): Cause[] {
  const bytes =
    typeof userData === 'string'
      ? Buffer.byteLength(userData)
      : Buffer.from(String(userDataBase64 ?? ''), 'base64').length;
  if (bytes <= LIMIT_BYTES) return [];
  const message = `${at} userdata exceeds ${LIMIT_BYTES} byte limit. Should use UserDataSecretRef for larger data.`;
  return [invalid(at, message)];
}
