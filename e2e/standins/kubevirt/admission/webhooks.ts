import { USERNAME_PREFIX } from '../identities.ts';

const snapshotGroup = { group: 'snapshot.kubevirt.io', version: 'v1beta1' } as const;
const cloneGroup = { group: 'clone.kubevirt.io', version: 'v1beta1' } as const;

/** Which objects are sent to which path, and under which name refusals come back. */
export const webhooks = {
  mutating: [
    {
      name: 'virtualmachines-mutator.kubevirt.io',
      path: '/virtualmachines-mutate',
      resource: 'virtualmachines',
    },
    {
      name: 'virtualmachineinstances-mutator.kubevirt.io',
      path: '/virtualmachineinstances-mutate',
      resource: 'virtualmachineinstances',
    },
    {
      name: 'virtualmachineclones-mutator.kubevirt.io',
      path: '/vmclones-mutate-create',
      resource: 'virtualmachineclones',
      operations: ['CREATE'],
      ...cloneGroup,
    },
  ],
  validating: [
    {
      name: 'virtualmachine-validator.kubevirt.io',
      path: '/virtualmachines-validate',
      resource: 'virtualmachines',
      operations: ['CREATE', 'UPDATE'],
    },
    {
      name: 'virtualmachineinstances-create-validator.kubevirt.io',
      path: '/virtualmachineinstances-validate-create',
      resource: 'virtualmachineinstances',
      operations: ['CREATE'],
    },
    {
      name: 'virtualmachineinstances-update-validator.kubevirt.io',
      path: '/virtualmachineinstances-validate-update',
      resource: 'virtualmachineinstances',
      operations: ['UPDATE'],
    },
    {
      name: 'migration-create-validator.kubevirt.io',
      path: '/migration-validate-create',
      resource: 'virtualmachineinstancemigrations',
      operations: ['CREATE'],
    },
    {
      name: 'virtualmachinesnapshot-validator.snapshot.kubevirt.io',
      path: '/virtualmachinesnapshots-validate',
      resource: 'virtualmachinesnapshots',
      ...snapshotGroup,
    },
    {
      name: 'virtualmachinerestore-validator.snapshot.kubevirt.io',
      path: '/virtualmachinerestores-validate',
      resource: 'virtualmachinerestores',
      ...snapshotGroup,
    },
    {
      name: 'vm-clone-validator.kubevirt.io',
      path: '/vmclones-validate',
      resource: 'virtualmachineclones',
      ...cloneGroup,
    },
  ],
} as const;

/**
 * What KubeVirt itself changes needs no permission, and asking for it would double the load of every start. Only
 * a VM that a snapshot or a restore holds is not even KubeVirt's to change.
 */
const isHeld = ['snapshotInProgress', 'restoreInProgress']
  .map((field) => `has(object.status) && has(object.status.${field})`)
  .join(' || ');
const notByKubeVirt = {
  name: 'not-by-kubevirt',
  expression: `request.operation == 'CREATE' || !request.userInfo.username.startsWith('${USERNAME_PREFIX}') || ${isHeld}`,
};

/** The configurations that send objects to a server at this address. */
export function webhookConfigurations(url: string, caBundle: string) {
  const webhook = ({ name, path, resource, operations = ['CREATE', 'UPDATE'], ...kind }: Webhook) => ({
    name,
    clientConfig: { url: url + path, caBundle },
    rules: [
      {
        apiGroups: [kind.group ?? 'kubevirt.io'],
        apiVersions: [kind.version ?? 'v1'],
        operations,
        resources: [resource],
      },
    ],
    matchConditions: [notByKubeVirt],
    failurePolicy: 'Fail',
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    timeoutSeconds: 10,
  });
  const configuration = (kind: string, name: string, list: readonly Webhook[]) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name },
    webhooks: list.map(webhook),
  });
  return {
    mutating: configuration('MutatingWebhookConfiguration', 'virt-api-mutator', webhooks.mutating),
    validating: configuration('ValidatingWebhookConfiguration', 'virt-api-validator', webhooks.validating),
  };
}

interface Webhook {
  readonly name: string;
  readonly path: string;
  readonly resource: string;
  readonly operations?: readonly string[];
  /** `kubevirt.io/v1` by default. */
  readonly group?: string;
  readonly version?: string;
}
