import { USERNAME_PREFIX } from '../identities.ts';

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
  ],
} as const;

/** What KubeVirt itself changes needs no permission, and asking for it would double the load of every start. */
const notByKubeVirt = {
  name: 'not-by-kubevirt',
  expression: `request.operation == 'CREATE' || !request.userInfo.username.startsWith('${USERNAME_PREFIX}')`,
};

/** The configurations that send objects to a server at this address. */
export function webhookConfigurations(url: string, caBundle: string) {
  const webhook = ({ name, path, resource, operations = ['CREATE', 'UPDATE'] }: Webhook) => ({
    name,
    clientConfig: { url: url + path, caBundle },
    rules: [{ apiGroups: ['kubevirt.io'], apiVersions: ['v1'], operations, resources: [resource] }],
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
}
