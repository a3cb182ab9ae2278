import { commonLabels, createdByController, noSidecars } from './names.ts';

/** What all of CDI's own pods have in common: nobody's privileges, and no image that is pulled. */

export function cdiImage(name: string): string {
  return `cluster.local/${name}:v1.66.0`;
}

export const podMetadata = {
  labels: commonLabels,
  annotations: { ...noSidecars, [createdByController]: 'yes' },
};

export const restrictedPod = { fsGroup: 107, seccompProfile: { type: 'RuntimeDefault' } };

export const restrictedContainer = {
  imagePullPolicy: 'Never',
  securityContext: {
    capabilities: { drop: ['ALL'] },
    runAsUser: 107,
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    seccompProfile: { type: 'RuntimeDefault' },
  },
};

/** How CDI limits what its pods take, by CDIConfig's default. */
export const podResources = {
  limits: { cpu: '1', memory: '600M' },
  requests: { cpu: '10m', memory: '60M' },
};
