/** What `spec.overrides` changes in a generated VM beyond its size: JSON Patches. */
import jsonPatch from 'fast-json-patch';
import type { VirtualMachine } from '../../cluster/kinds.generated.ts';
import { labels } from '../../names.ts';
import type { CloneContext } from './context.ts';

/** The patches of a clone cannot be applied to one of its VMs. */
export class PatchesDoNotApply extends Error {
  override readonly name = 'PatchesDoNotApply';
}

/** The overrides that are for this VM of the source. */
export function overridesOf(clone: CloneContext['clone'], machine: string) {
  return clone.spec.overrides.filter(
    ({ virtualMachines }) => virtualMachines.length === 0 || virtualMachines.includes(machine),
  );
}

/** Throws `PatchesDoNotApply`, which a check finds before anything is made. */
export function withPatches(vm: VirtualMachine, machine: string, { clone }: CloneContext): VirtualMachine {
  const patches = overridesOf(clone, machine).flatMap((each) => each.patches);
  if (patches.length === 0) return vm;
  const patched = patch(vm, patches);
  if (!patched?.spec?.template?.spec) throw new PatchesDoNotApply('they leave no spec.template.spec');
  return withOwnMarks(patched, vm);
}

function patch(vm: VirtualMachine, patches: readonly string[]): VirtualMachine | undefined {
  try {
    const operations = patches.map((each) => JSON.parse(each));
    return jsonPatch.applyPatch(vm, operations, true, false).newDocument;
  } catch (cause) {
    throw new PatchesDoNotApply(describe(cause), { cause });
  }
}

function describe(cause: unknown): string {
  if (cause instanceof jsonPatch.JsonPatchError) return `${cause.name} at operation ${cause.index}`;
  return cause instanceof Error ? cause.message : String(cause);
}

/**
 * A patch changes what a VM is, never where it is nor whose: the operator would make it in a namespace in which its
 * user may have no rights, and without its label the template would escape the NetworkPolicy.
 */
function withOwnMarks(
  patched: VirtualMachine,
  { apiVersion, kind, metadata }: VirtualMachine,
): VirtualMachine {
  const { template } = patched.spec;
  const ofClone = { [labels.clone]: metadata.labels?.[labels.clone] ?? '' };
  return {
    apiVersion,
    kind,
    metadata: {
      ...metadata,
      labels: restored(patched.metadata?.labels, metadata.labels),
      annotations: restored(patched.metadata?.annotations, metadata.annotations),
    },
    spec: {
      ...patched.spec,
      template: {
        ...template,
        metadata: { ...template.metadata, labels: restored(template.metadata?.labels, ofClone) },
      },
    },
  };
}

type Marks = Readonly<Record<string, string>> | undefined;

/** The patched marks, but those of ours as they were. */
function restored(patched: Marks, before: Marks): Record<string, string> {
  const ours = ([key]: [string, string]) => key.startsWith('envclone.io/');
  return Object.fromEntries([
    ...Object.entries(patched ?? {}).filter((entry) => !ours(entry)),
    ...Object.entries(before ?? {}).filter(ours),
  ]);
}
