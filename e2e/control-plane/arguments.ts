/** What each program is started with: absolute paths below the state directory. */
export interface Layout {
  readonly directory: string;
  /** Of kube-apiserver, on 127.0.0.1. */
  readonly port: number;
}

/** The files that the programs read, by name within the state directory. */
export const files = {
  authority: 'ca.crt',
  serverCertificate: 'apiserver.crt',
  serverKey: 'apiserver.key',
  proxyAuthority: 'front-proxy-ca.crt',
  proxyCertificate: 'front-proxy.crt',
  proxyKey: 'front-proxy.key',
  tokenPublicKey: 'service-accounts.pub',
  tokenPrivateKey: 'service-accounts.key',
  controllerManagerKubeconfig: 'kube-controller-manager.kubeconfig',
  adminKubeconfig: 'admin.kubeconfig',
} as const;

/** Names that a client may call the API server by. */
export const serverHosts = [
  '127.0.0.1',
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  '10.96.0.1',
];

// A socket in a directory that only its owner may enter: etcd asks nobody who he is. The path is relative
// to the directory, in which the programs run: a socket's whole path may have no more than 107 bytes.
const clientSocket = 'unix://etcd.sock';
const peerSocket = 'unix://etcd-peer.sock';

export function etcdArguments({ directory }: Layout): string[] {
  return flags({
    name: 'envclone',
    'data-dir': `${directory}/etcd`,
    'listen-client-urls': clientSocket,
    'advertise-client-urls': clientSocket,
    'listen-peer-urls': peerSocket,
    'initial-advertise-peer-urls': peerSocket,
    'initial-cluster': `envclone=${peerSocket}`,
    'log-level': 'warn',
    // The data does not outlive the process.
    'unsafe-no-fsync': 'true',
  });
}

export function apiServerArguments({ directory, port }: Layout): string[] {
  const at = (file: string) => `${directory}/${file}`;
  return flags({
    'etcd-servers': clientSocket,
    'bind-address': '127.0.0.1',
    'advertise-address': '127.0.0.1',
    'secure-port': String(port),
    // Endpoints may not have a loopback address, so that Service has none.
    'endpoint-reconciler-type': 'none',
    'service-cluster-ip-range': '10.96.0.0/16',
    'authorization-mode': 'RBAC',
    'allow-privileged': 'true',
    'cert-dir': directory,
    'tls-cert-file': at(files.serverCertificate),
    'tls-private-key-file': at(files.serverKey),
    'client-ca-file': at(files.authority),
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'service-account-key-file': at(files.tokenPublicKey),
    'service-account-signing-key-file': at(files.tokenPrivateKey),
    // With these, and aggregator routing left off, an APIService may point to an ExternalName Service.
    'requestheader-client-ca-file': at(files.proxyAuthority),
    'requestheader-allowed-names': 'front-proxy',
    'requestheader-username-headers': 'X-Remote-User',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'proxy-client-cert-file': at(files.proxyCertificate),
    'proxy-client-key-file': at(files.proxyKey),
    profiling: 'false',
  });
}

// What a clone's objects need; nothing that expects nodes which answer.
const controllers = [
  'clusterrole-aggregation-controller',
  'disruption-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'garbage-collector-controller',
  'namespace-controller',
  'persistentvolume-binder-controller',
  'persistentvolume-expander-controller',
  'persistentvolume-protection-controller',
  'persistentvolumeclaim-protection-controller',
  'resourcequota-controller',
  'root-ca-certificate-publisher-controller',
  'serviceaccount-controller',
  'validatingadmissionpolicy-status-controller',
];

export function controllerManagerArguments({ directory }: Layout): string[] {
  const at = (file: string) => `${directory}/${file}`;
  return flags({
    kubeconfig: at(files.controllerManagerKubeconfig),
    controllers: controllers.join(','),
    'root-ca-file': at(files.authority),
    'service-account-private-key-file': at(files.tokenPrivateKey),
    // One binds unbound claims, the other looks for what has lost its owner: both as soon as may be.
    'pvclaimbinder-sync-period': '2s',
    'concurrent-gc-syncs': '20',
    'kube-api-qps': '1000',
    'kube-api-burst': '2000',
    'flex-volume-plugin-dir': at('volume-plugins'),
    'leader-elect': 'false',
    // It serves nothing, so it needs no port.
    'secure-port': '0',
    profiling: 'false',
  });
}

function flags(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}
