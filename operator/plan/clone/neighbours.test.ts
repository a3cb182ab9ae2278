import { describe, expect, it } from 'vitest';
import type { NetworkPolicy, Service } from '../../cluster/kinds.generated.ts';
import { aContext, cloneUid, made } from '../../testing/index.ts';
import type { CapturedService } from '../capture/model.ts';
import { makePolicy, makeService, policyName } from './neighbours.ts';

const ports = [{ name: 'http', port: 80, targetPort: 8080, nodePort: 30080 }];
const serviceOf = (
  spec: CapturedService['spec'],
  more: Partial<CapturedService> = {},
  context = aContext(),
) =>
  made<Service>(
    [makeService({ name: 'web', labels: {}, annotations: {}, spec, ...more }, context)],
    'Service',
  )[0]!;

describe('a Service of the clone', () => {
  it.each(['LoadBalancer', 'NodePort', 'ClusterIP'])(
    'of type %s is reachable inside the cluster only',
    (type) => {
      const { spec } = serviceOf({
        type,
        ports,
        selector: { app: 'web' },
        clusterIP: '10.0.0.7',
        clusterIPs: ['10.0.0.7'],
        externalIPs: ['192.0.2.1'],
        loadBalancerIP: '192.0.2.2',
        healthCheckNodePort: 31000,
        externalTrafficPolicy: 'Local',
        sessionAffinity: 'ClientIP',
      });
      expect(spec).toEqual({
        type: 'ClusterIP',
        ports: [{ name: 'http', port: 80, targetPort: 8080 }],
        selector: { app: 'web' },
        sessionAffinity: 'ClientIP',
      });
    },
  );

  it('stays headless', () => {
    expect(serviceOf({ clusterIP: 'None', selector: { app: 'web' } }).spec?.clusterIP).toBe('None');
  });

  it('keeps its name, and follows the names of its VMs', () => {
    const context = aContext({ names: { suffix: '-copy' } });
    const selector = { 'vm.kubevirt.io/name': 'web', app: 'web' };
    const service = serviceOf({ selector }, {}, context);
    expect(service.metadata.name).toBe('web');
    expect(service.spec?.selector).toEqual({ 'vm.kubevirt.io/name': 'web-copy', app: 'web' });
  });

  it('carries no mark by which another controller would take it for its own', () => {
    const labels = {
      app: 'web',
      'argocd.argoproj.io/instance': 'shop',
      'app.kubernetes.io/managed-by': 'Helm',
    };
    expect(serviceOf({}, { labels }).metadata.labels).toEqual({ app: 'web', 'envclone.io/clone': cloneUid });
  });
});

describe('the policy of a clone', () => {
  const policyWith = (ingressFrom: object[] = []) =>
    made<NetworkPolicy>([makePolicy(aContext({ isolation: { ingressFrom } }))], 'NetworkPolicy')[0]!;
  const own = { podSelector: { matchLabels: { 'envclone.io/clone': cloneUid } } };

  // OpenShift's DNS listens on 5353.
  const dns = [53, 5353].flatMap((port) => ['UDP', 'TCP'].map((protocol) => ({ protocol, port })));

  it('lets its VMs reach each other and DNS, and nothing else', () => {
    expect(policyWith().spec).toEqual({
      ...own,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [own] }],
      egress: [{ to: [own] }, { to: [{ namespaceSelector: {} }], ports: dns }],
    });
  });

  it('lets in whom spec.isolation.ingressFrom names', () => {
    const peer = { namespaceSelector: { matchLabels: { team: 'qa' } } };
    expect(policyWith([peer]).spec?.ingress).toEqual([{ from: [own, peer] }]);
  });

  it('has a name of its own', () => {
    expect(policyName(aContext())).toBe('copy-isolation');
  });
});
