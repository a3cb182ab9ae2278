import 'reflect-metadata';
import { generateKeyPairSync, type webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Who a certificate speaks for: Kubernetes reads the user from CN and the groups from O. */
export interface Subject {
  readonly user: string;
  readonly groups?: readonly string[];
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const validForDays = 365;

/** A certificate authority whose key lives in memory only. */
export class Authority {
  readonly certificate: string;
  readonly #name: string;
  readonly #keys: webcrypto.CryptoKeyPair;

  private constructor(name: string, keys: webcrypto.CryptoKeyPair, certificate: string) {
    this.#name = name;
    this.#keys = keys;
    this.certificate = certificate;
  }

  static async create(name: string): Promise<Authority> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...validity(),
      name: [{ CN: [name] }],
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature,
          true,
        ),
      ],
    });
    return new Authority(name, keys, certificate.toString('pem'));
  }

  /** A certificate for a client, or for a server as well where its host names or addresses are given. */
  async issue(subject: Subject, hosts: readonly string[] = []): Promise<KeyPair> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity(),
      subject: [{ CN: [subject.user] }, ...(subject.groups ?? []).map((group) => ({ O: [group] }))],
      issuer: [{ CN: [this.#name] }],
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: extensionsFor(hosts),
    });
    const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
    return {
      certificate: certificate.toString('pem'),
      key: x509.PemConverter.encode(key, 'PRIVATE KEY'),
    };
  }
}

/** The key pair that service account tokens are signed and checked with, both PEM. */
export function newSigningKeys(): { readonly publicKey: string; readonly privateKey: string } {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  // An hour back, for clocks that are set back while it runs.
  return { notBefore: new Date(now - 3_600_000), notAfter: new Date(now + validForDays * 86_400_000) };
}

function extensionsFor(hosts: readonly string[]): x509.Extension[] {
  const usages = [x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.serverAuth];
  const extensions: x509.Extension[] = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.ExtendedKeyUsageExtension(hosts.length > 0 ? usages : usages.slice(0, 1)),
  ];
  if (hosts.length > 0) extensions.push(new x509.SubjectAlternativeNameExtension(hosts.map(hostName)));
  return extensions;
}

function hostName(host: string): { type: 'ip' | 'dns'; value: string } {
  return { type: /^[\d.]+$/.test(host) ? 'ip' : 'dns', value: host };
}
