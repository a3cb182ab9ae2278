/** Objects of the source's namespace that a VM names and cannot start without. */
import {
  configMaps,
  secrets,
  serviceAccounts,
  virtualMachineClusterInstancetypes,
  virtualMachineClusterPreferences,
  virtualMachineInstancetypes,
  virtualMachinePreferences,
} from '../../cluster/kinds.generated.ts';
import type { Kind } from '../../cluster/objects.ts';
import type { CapturedMachine } from '../capture/model.ts';
import type { Step } from '../steps.ts';
import { type CloneContext, ownedMetadata } from './context.ts';

interface Reference {
  readonly kind: Kind;
  readonly name: string;
  /** Which fields make the copy, a service account being copied without its secrets; empty for what is everybody's already. */
  readonly fields: readonly string[];
  /** The VM starts without it as well. */
  readonly optional?: boolean;
}

/** One copy per object that the VM names; none in the namespace of the source, where they are already. */
export function copyReferences(machine: CapturedMachine, context: CloneContext): readonly Step[] {
  if (context.sameNamespace) return [];
  return referencesOf(machine)
    .filter(({ kind }) => kind.namespaced)
    .map(({ kind, name, fields, optional = false }) => ({
      step: 'copy',
      kind,
      from: { namespace: context.sourceNamespace, name },
      metadata: ownedMetadata(context, name),
      fields,
      optional,
    }));
}

/** That each object exists, and that nobody else's object has its name in the target: KubeVirt's admission asks neither. */
export function checkReferences(
  machines: readonly CapturedMachine[],
  context: CloneContext,
): readonly Step[] {
  const all = machines.flatMap((machine) =>
    referencesOf(machine).map((reference) => ({ ...reference, machine: machine.name })),
  );
  const once = new Map(
    all.filter(({ optional }) => !optional).map((each) => [`${each.kind.kind}/${each.name}`, each]),
  );
  return [...once.values()].flatMap(({ kind, name, machine }): readonly Step[] => {
    const key = kind.namespaced ? { namespace: context.sourceNamespace, name } : { name };
    const where = kind.namespaced ? `${context.sourceNamespace}/${name}` : name;
    const because = `${kind.kind} ${where} is named by VM ${machine} and does not exist: create it, or remove it from the VM and capture again`;
    const present: Step = { step: 'require', kind, key, because };
    if (context.sameNamespace || !kind.namespaced) return [present];
    return [
      present,
      { step: 'dryRun', kind, object: { metadata: ownedMetadata(context, name), ...emptySpecOf(kind) } },
    ];
  });
}

/** What the API server wants of an object of the kind before it looks at its name. */
function emptySpecOf(kind: Kind): object {
  if (kind === virtualMachineInstancetypes) return { spec: { cpu: { guest: 1 }, memory: { guest: '1Mi' } } };
  return kind === virtualMachinePreferences ? { spec: {} } : {};
}

function referencesOf(machine: CapturedMachine): readonly Reference[] {
  const all = [...secretsOf(machine), ...configMapsOf(machine), ...accountsOf(machine), ...sizesOf(machine)];
  return [...new Map(all.map((each) => [`${each.kind.kind}/${each.name}`, each])).values()];
}

const secretFields = ['type', 'data', 'immutable'];
const configFields = ['data', 'binaryData', 'immutable'];

function secretsOf({ spec }: CapturedMachine): readonly Reference[] {
  const template = spec.template.spec!;
  const volumes = template.volumes ?? [];
  const names = volumes.flatMap((volume) => [
    volume.cloudInitNoCloud?.secretRef?.name,
    volume.cloudInitNoCloud?.networkDataSecretRef?.name,
    volume.cloudInitConfigDrive?.secretRef?.name,
    volume.cloudInitConfigDrive?.networkDataSecretRef?.name,
    volume.sysprep?.secret?.name,
    volume.containerDisk?.imagePullSecret,
  ]);
  const credentials = (template.accessCredentials ?? []).flatMap((each) => [
    each.sshPublicKey?.source?.secret?.secretName,
    each.userPassword?.source?.secret?.secretName,
  ]);
  const mounted = volumes.flatMap(({ secret }) =>
    secret?.secretName
      ? [{ kind: secrets, name: secret.secretName, fields: secretFields, optional: secret.optional }]
      : [],
  );
  return [...namedOf(secrets, secretFields, [...names, ...credentials]), ...mounted];
}

function configMapsOf({ spec }: CapturedMachine): readonly Reference[] {
  const volumes = spec.template.spec!.volumes ?? [];
  const mounted = volumes.flatMap(({ configMap }) =>
    configMap?.name
      ? [{ kind: configMaps, name: configMap.name, fields: configFields, optional: configMap.optional }]
      : [],
  );
  return [
    ...namedOf(
      configMaps,
      configFields,
      volumes.map(({ sysprep }) => sysprep?.configMap?.name),
    ),
    ...mounted,
  ];
}

function accountsOf({ spec }: CapturedMachine): readonly Reference[] {
  const volumes = spec.template.spec!.volumes ?? [];
  const names = volumes.map(({ serviceAccount }) => serviceAccount?.serviceAccountName);
  return namedOf(serviceAccounts, ['automountServiceAccountToken'], names);
}

function sizesOf({ spec: { instancetype, preference } }: CapturedMachine): readonly Reference[] {
  return [
    ...sizeOf(instancetype, virtualMachineInstancetypes, virtualMachineClusterInstancetypes),
    ...sizeOf(preference, virtualMachinePreferences, virtualMachineClusterPreferences),
  ];
}

/** Cluster-wide ones are there already; those of a namespace are copied. A matcher without a kind means the former. */
function sizeOf(
  matcher: { readonly kind?: string; readonly name?: string } | undefined,
  ofNamespace: Kind,
  ofCluster: Kind,
): readonly Reference[] {
  if (!matcher?.name) return [];
  const isOfNamespace = matcher.kind?.toLowerCase() === ofNamespace.kind.toLowerCase();
  return isOfNamespace
    ? [{ kind: ofNamespace, name: matcher.name, fields: ['spec'] }]
    : [{ kind: ofCluster, name: matcher.name, fields: [] }];
}

function namedOf(
  kind: Kind,
  fields: readonly string[],
  names: readonly (string | undefined)[],
): readonly Reference[] {
  return names.flatMap((name) => (name ? [{ kind, name, fields }] : []));
}
