/** Whether the admission policy that asks "may this person read that Environment?" is in force. */
import type { ClusterClient, Kind } from '../cluster/index.ts';
import {
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
} from '../cluster/kinds.generated.ts';

/** The policy and its binding bear the same fixed name, whatever the release is called. */
const name = 'clone-access.envclone.io';
const keptMs = 60_000;

/**
 * The operator reads disks and secrets for whoever may create an EnvironmentClone, so it clones across namespaces
 * only while the API server checks the right of that person.
 */
export class AccessGuard {
  readonly #client: ClusterClient;
  readonly #now: () => number;
  #seen: { readonly at: number; readonly missing: string | undefined } | undefined;

  constructor(client: ClusterClient, now: () => number) {
    this.#client = client;
    this.#now = now;
  }

  /** What is missing, in words; undefined while the guard stands. Asked of the API server once a minute. */
  async missing(): Promise<string | undefined> {
    if (!this.#seen || this.#now() - this.#seen.at > keptMs)
      this.#seen = { at: this.#now(), missing: await this.#look() };
    return this.#seen.missing;
  }

  async #look(): Promise<string | undefined> {
    const kinds: readonly Kind[] = [validatingAdmissionPolicies, validatingAdmissionPolicyBindings];
    for (const kind of kinds) if (!(await this.#client.get(kind, { name }))) return `${kind.kind} ${name}`;
    return undefined;
  }
}
