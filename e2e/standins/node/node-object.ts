import { nodeTopology, zoneTopology } from '../storage/names.ts';

/** The cluster's one node: what KubeVirt's labeller and the CSI driver would have said of it. */
export const NODE_NAME = 'node01';

export function nodeManifest() {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: NODE_NAME,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': NODE_NAME,
        'kubernetes.io/os': 'linux',
        'kubevirt.io/schedulable': 'true',
        'machine-type.node.kubevirt.io/q35': 'true',
        'machine-type.node.kubevirt.io/pc-q35-7.2': 'true',
        [nodeTopology]: NODE_NAME,
        [zoneTopology]: 'zone-a',
      },
    },
  };
}

export function nodeStatus() {
  const resources = {
    cpu: '64',
    memory: '64Gi',
    pods: '10000',
    'ephemeral-storage': '1Ti',
    'devices.kubevirt.io/kvm': '1k',
    'devices.kubevirt.io/tun': '1k',
    'devices.kubevirt.io/vhost-net': '1k',
  };
  return {
    capacity: resources,
    allocatable: resources,
    conditions: [
      { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
    ],
    addresses: [{ type: 'InternalIP', address: '10.250.0.1' }],
    nodeInfo: {
      architecture: 'amd64',
      bootID: '',
      containerRuntimeVersion: 'containerd://2.0',
      kernelVersion: '6.1.0',
      kubeProxyVersion: '',
      kubeletVersion: 'v1.36.3',
      machineID: '',
      operatingSystem: 'linux',
      osImage: 'none',
      systemUUID: '',
    },
  };
}
