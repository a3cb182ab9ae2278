/** Objects of the source's namespace that a VM names and cannot start without. */
import {
  configMaps,
  secrets,
  serviceAccounts,
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
  /** Which fields make the copy; a service account is copied without its secrets. */
  readonly fields: readonly string[];
}

/** One copy per object that the VM names; none in the namespace of the source, where they are already. */
export function copyReferences(machine: CapturedMachine, context: CloneContext): readonly Step[] {
  if (context.sameNamespace) return [];
  return referencesOf(machine).map(({ kind, name, fields }) => ({
    step: 'copy',
    kind,
    from: { namespace: context.sourceNamespace, name },
    metadata: ownedMetadata(context, name),
    fields,
  }));
}

function referencesOf(machine: CapturedMachine): readonly Reference[] {
  const all = [...secretsOf(machine), ...configMapsOf(machine), ...accountsOf(machine), ...sizesOf(machine)];
  return [...new Map(all.map((each) => [`${each.kind.kind}/${each.name}`, each])).values()];
}

function secretsOf({ spec }: CapturedMachine): readonly Reference[] {
  const template = spec.template.spec!;
  const names = (template.volumes ?? []).flatMap((volume) => [
    volume.cloudInitNoCloud?.secretRef?.name,
    volume.cloudInitNoCloud?.networkDataSecretRef?.name,
    volume.cloudInitConfigDrive?.secretRef?.name,
    volume.cloudInitConfigDrive?.networkDataSecretRef?.name,
    volume.sysprep?.secret?.name,
    volume.secret?.secretName,
    volume.containerDisk?.imagePullSecret,
  ]);
  const credentials = (template.accessCredentials ?? []).flatMap((each) => [
    each.sshPublicKey?.source?.secret?.secretName,
    each.userPassword?.source?.secret?.secretName,
  ]);
  return [...names, ...credentials].flatMap((name) =>
    name ? [{ kind: secrets, name, fields: ['type', 'data', 'immutable'] }] : [],
  );
}

function configMapsOf({ spec }: CapturedMachine): readonly Reference[] {
  return (spec.template.spec!.volumes ?? []).flatMap((volume) =>
    [volume.configMap?.name, volume.sysprep?.configMap?.name].flatMap((name) =>
      name ? [{ kind: configMaps, name, fields: ['data', 'binaryData', 'immutable'] }] : [],
    ),
  );
}

function accountsOf({ spec }: CapturedMachine): readonly Reference[] {
  return (spec.template.spec!.volumes ?? []).flatMap((volume) =>
    volume.serviceAccount?.serviceAccountName
      ? [
          {
            kind: serviceAccounts,
            name: volume.serviceAccount.serviceAccountName,
            fields: ['automountServiceAccountToken'],
          },
        ]
      : [],
  );
}

/** Cluster-wide instance types are there already; those of a namespace are copied. */
function sizesOf({ spec: { instancetype, preference } }: CapturedMachine): readonly Reference[] {
  const fields = ['spec'];
  return [
    ...(instancetype?.name && instancetype.kind?.toLowerCase() === 'virtualmachineinstancetype'
      ? [{ kind: virtualMachineInstancetypes, name: instancetype.name, fields }]
      : []),
    ...(preference?.name && preference.kind?.toLowerCase() === 'virtualmachinepreference'
      ? [{ kind: virtualMachinePreferences, name: preference.name, fields }]
      : []),
  ];
}
