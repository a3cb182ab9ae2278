import type { InstanceSpec, Probe } from '../types.ts';
import { type Cause, invalid, required } from './cause.ts';

export function probeCauses(at: string, { readinessProbe, livenessProbe }: InstanceSpec): Cause[] {
  return [
    ...(readinessProbe === undefined ? [] : kindCauses(readinessProbe, `${at}.readinessProbe`)),
    ...(livenessProbe === undefined ? [] : kindCauses(livenessProbe, `${at}.livenessProbe`)),
  ];
}

function kindCauses({ httpGet, tcpSocket, exec, guestAgentPing }: Probe, at: string): Cause[] {
  const kinds = [httpGet, tcpSocket, exec, guestAgentPing].filter((kind) => kind !== undefined).length;
  if (kinds > 1) return [invalid(at, `${at} must have exactly one probe type set`)];
  if (kinds === 1) return [];
  const choices = `either ${at}.tcpSocket, ${at}.exec or ${at}.httpGet`;
  return [required(at, `${choices} must be set if a ${at} is specified`)];
}
