/** Installs the chart as Helm would, but for the operator itself: tests run that outside, under the chart's own role. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments, stringify } from 'yaml';
import { findHelm } from '../control-plane/helm.ts';

export interface ChartOptions {
  /** Where the operator's service account is; made if it is not there. */
  readonly namespace: string;
  /** Instead of the defaults of `values.yaml`, field by field. */
  readonly values?: object;
  /** The name of the release, and of the service account. */
  readonly release?: string;
  readonly progress?: (line: string) => void;
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const chart = fileURLToPath(new URL('../../charts/envclone', import.meta.url));

/** Resolves when all but the Deployment is there and our kinds are served; the admission policy holds some moments later. */
export async function installChart(kubeconfig: string, options: ChartOptions): Promise<void> {
  const { kubectl } = await findHelm(options.progress ?? (() => {}));
  const apply = ['apply', '--server-side', '--force-conflicts', '--validate=strict', '-f', '-'];
  const installed = (await renderChart(options)).filter(({ kind }) => kind !== 'Deployment');
  const objects = [namespaceOf(options), ...installed];
  await run(
    kubectl,
    [`--kubeconfig=${kubeconfig}`, ...apply],
    objects.map((object) => stringify(object)).join('---\n'),
  );
  const definitions = installed.filter(({ kind }) => kind === 'CustomResourceDefinition');
  if (definitions.length === 0) return;
  const names = definitions.map(({ metadata }) => `customresourcedefinition/${metadata.name}`);
  await run(kubectl, [
    `--kubeconfig=${kubeconfig}`,
    'wait',
    '--for=condition=Established',
    '--timeout=30s',
    ...names,
  ]);
}

/** What Helm would send to the cluster. Rejects with Helm's words when the values are refused. */
export async function renderChart({
  namespace,
  values = {},
  release = 'envclone',
  progress = () => {},
}: ChartOptions): Promise<readonly Manifest[]> {
  const { helm } = await findHelm(progress);
  const kubeVersion = ['--kube-version', '1.30.0'];
  const args = ['template', release, chart, '--namespace', namespace, ...kubeVersion, '--values', '-'];
  const rendered = await run(helm, args, JSON.stringify(values));
  return parseAllDocuments(rendered, { version: '1.1' })
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object !== null);
}

function namespaceOf({ namespace }: ChartOptions): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
}

/** What a program prints, or an error with what it complains of. */
async function run(program: string, args: readonly string[], input = ''): Promise<string> {
  const child = spawn(program, args, { stdio: 'pipe' });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [code, output, complaint] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new Error(`${args[0]} failed: ${complaint.trim()}`);
  return output;
}
