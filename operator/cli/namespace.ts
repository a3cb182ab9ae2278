/** The namespace that kubectl would take: that of the kubeconfig's current context. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';

interface Kubeconfig {
  readonly 'current-context'?: string;
  readonly contexts?: readonly {
    readonly name: string;
    readonly context?: { readonly namespace?: string };
  }[];
}

/** `default` where nothing names another. Files that are not there or broken are the client's to complain of. */
export async function currentNamespace(
  kubeconfig: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const files = await Promise.all(pathsOf(kubeconfig, environment).map(readConfig));
  const current = files.map((file) => file['current-context']).find((name) => name);
  const contexts = files.flatMap((file) => file.contexts ?? []);
  return contexts.find(({ name }) => name === current)?.context?.namespace ?? 'default';
}

function pathsOf(kubeconfig: string | undefined, { KUBECONFIG }: NodeJS.ProcessEnv): readonly string[] {
  if (kubeconfig) return [kubeconfig];
  if (KUBECONFIG) return KUBECONFIG.split(delimiter).filter((path) => path !== '');
  return [join(homedir(), '.kube', 'config')];
}

async function readConfig(path: string): Promise<Kubeconfig> {
  try {
    return (parse(await readFile(path, 'utf8')) as Kubeconfig | null) ?? {};
  } catch {
    return {};
  }
}
