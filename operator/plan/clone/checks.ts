/** What must hold before a clone makes anything. Each check is a sentence; the list is the specification. */
import { labels } from '../../names.ts';
import type { ObservedClone } from '../../observe/environment-clone.ts';
import type { Blocker } from '../../schema/environment-clone.ts';
import type { CapturedEnvironment } from '../capture/model.ts';
import { canonicalJson } from '../capture/revisions.ts';
import { launcherLabels } from '../capture/services.ts';
import { selects } from '../selectors.ts';
import { isMadeFor } from './claim-maker.ts';
import type { CloneContext } from './context.ts';
import type { Desired, DesiredMachine } from './desired.ts';
import { disksWithoutSource, isAsked, liveDisksOf } from './filled.ts';
import { isProbe } from './gates.ts';
import { cloneMachine } from './machine.ts';
import { unmappedNetworks } from './networks.ts';
import { PatchesDoNotApply } from './patches.ts';

export interface Checked {
  readonly observed: ObservedClone;
  readonly context: CloneContext;
  readonly captured: CapturedEnvironment;
  readonly desired: Desired;
}

/** Everything that is wrong at once: a person mends all of it in one go. */
export function blockersOf(checked: Checked): readonly Blocker[] {
  return [
    nameIsTooLong,
    machineIsNotOurs,
    claimIsNotOurs,
    serviceIsNotOurs,
    diskIsLost,
    storageClassIsMissing,
    hostCopyIsNotAllowed,
    networkIsNotMapped,
    volumeCannotBeCloned,
    probesDisagree,
    patchDoesNotApply,
    cloneWouldReachProduction,
    cloneWouldJoinProduction,
  ].flatMap((check) => check(checked));
}

/** A VM's name becomes a host name and a label, which have at most 63 characters. */
function nameIsTooLong({ desired }: Checked): readonly Blocker[] {
  return desired.machines
    .filter(({ name }) => name.length > 63)
    .map(({ name }) =>
      blocker(
        'NameTooLong',
        `the VM would be called "${name}", which has ${name.length} characters, 63 at most are allowed: shorten spec.names`,
      ),
    );
}

function machineIsNotOurs({ observed, context, desired }: Checked): readonly Blocker[] {
  return notOurs(
    desired.machines.map(({ name }) => observed.target.machines.get(name)),
    'VirtualMachine',
    context,
  );
}

function claimIsNotOurs({ observed, context, desired }: Checked): readonly Blocker[] {
  const dataVolumes = new Map(observed.children.dataVolumes.map((each) => [each.metadata.name, each]));
  return notOurs(
    desired.disks
      .map(({ claim }) => observed.target.claims.get(claim))
      .filter((claim) => claim && !isMadeFor(claim, dataVolumes.get(claim.metadata.name))),
    'PersistentVolumeClaim',
    context,
  );
}

function serviceIsNotOurs({ observed, context, captured }: Checked): readonly Blocker[] {
  if (context.sameNamespace) return [];
  return notOurs(
    captured.services.map(({ name }) => observed.target.services.get(name)),
    'Service',
    context,
  );
}

interface Named {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

function notOurs(
  objects: readonly (Named | undefined)[],
  kind: string,
  { clone, targetNamespace }: CloneContext,
): readonly Blocker[] {
  return objects
    .filter((object) => object && object.metadata.labels?.[labels.clone] !== clone.metadata.uid)
    .map((object) =>
      blocker(
        'AlreadyExists',
        `${kind} ${targetNamespace}/${object!.metadata.name} exists already and was not made by this clone: delete or rename it, or set spec.names`,
      ),
    );
}

/** One that is asked for already may be filled all the same: `diskTrouble` keeps an eye on it. */
function diskIsLost({ observed, desired }: Checked): readonly Blocker[] {
  const liveDisk = liveDisksOf(observed);
  const lost = disksWithoutSource(observed, desired).filter((disk) => !isAsked(liveDisk(disk)));
  if (lost.length === 0) return [];
  return [
    blocker(
      'DiskLost',
      `the snapshot of ${listed(lost.map(({ source }) => source.claim))} is gone from the capture before the clone had it: delete the clone and make another`,
    ),
  ];
}

function storageClassIsMissing({ observed, desired }: Checked): readonly Blocker[] {
  const missing = desired.disks
    .filter(({ claim }) => !observed.target.claims.has(claim))
    .filter(({ storageClass }) => !observed.storageClasses.has(storageClass));
  const claims = Map.groupBy(missing, ({ storageClass }) => storageClass);
  return [...claims].map(([name, disks]) =>
    blocker(
      'StorageClassNotFound',
      `there is no StorageClass "${name}" for ${listed(disks.map(({ claim }) => claim))}: create it, or map it to another with spec.disks.storageClasses`,
    ),
  );
}

function hostCopyIsNotAllowed({ observed, context, desired }: Checked): readonly Blocker[] {
  if (context.clone.spec.disks.allowHostCopy) return [];
  return desired.disks
    .filter(
      ({ source, storageClass }) =>
        observed.storageClasses.has(storageClass) &&
        observed.storageClasses.get(storageClass)!.provisioner !== source.driver,
    )
    .map(({ claim, reason }) =>
      blocker(
        'HostCopyNotAllowed',
        `disk ${claim}: ${reason}, and spec.disks.allowHostCopy is false: allow it, or choose a class of the disk's own driver`,
      ),
    );
}

function networkIsNotMapped({ context, desired }: Checked): readonly Blocker[] {
  const unmapped = desired.machines.flatMap(({ source }) =>
    unmappedNetworks(source, context).map((network) => ({ network, machine: source.name })),
  );
  return [...Map.groupBy(unmapped, ({ network }) => network)].map(([network, uses]) =>
    blocker(
      'NetworkNotMapped',
      `${listed(uses.map(({ machine }) => machine))} ${uses.length === 1 ? 'is' : 'are'} on network "${network}", of which spec.networks says nothing: give it a target, or drop: true`,
    ),
  );
}

function volumeCannotBeCloned({ desired }: Checked): readonly Blocker[] {
  return desired.machines.flatMap(({ source }) =>
    (source.spec.template.spec?.volumes ?? [])
      .filter((volume) => volume.hostDisk)
      .map((volume) =>
        blocker(
          'VolumeNotCloneable',
          `volume ${volume.name} of VM ${source.name} is a file of its node: move it to a claim`,
        ),
      ),
  );
}

/** A VM has one readinessProbe. */
function probesDisagree({ desired }: Checked): readonly Blocker[] {
  return desired.machines.flatMap(({ source, applications }) => {
    const probes = applications.filter(({ readiness }) => isProbe(readiness.type));
    const { length } = [
      ...new Set(probes.map(({ readiness: { timeout: _, ...probe } }) => canonicalJson(probe))),
    ];
    if (length < 2) return [];
    return [
      blocker(
        'ProbesDisagree',
        `VM ${source.name} runs ${listed(probes.map(({ name }) => name))}, whose readiness asks for different probes, and a VM has one: make them the same, or use type Ready for all but one`,
      ),
    ];
  });
}

function patchDoesNotApply({ context, desired }: Checked): readonly Blocker[] {
  return desired.machines.flatMap((machine) => {
    const error = errorOfPatches(machine, context);
    return error
      ? [
          blocker(
            'PatchInvalid',
            `the patches of spec.overrides do not apply to VM ${machine.source.name}: ${error}`,
          ),
        ]
      : [];
  });
}

function errorOfPatches({ source, tier }: DesiredMachine, context: CloneContext): string | undefined {
  if (context.clone.spec.overrides.every(({ patches }) => patches.length === 0)) return undefined;
  try {
    cloneMachine({ machine: source, tier }, context);
    return undefined;
  } catch (error) {
    if (error instanceof PatchesDoNotApply) return error.message;
    throw error;
  }
}

/** Short Service names mean production in production's namespace. */
function cloneWouldReachProduction({ context, captured }: Checked): readonly Blocker[] {
  if (!context.sameNamespace) return [];
  const depends = captured.applications.some(({ dependsOn }) => dependsOn.length > 0);
  if (!depends && captured.machines.length === 1) return [];
  return [
    blocker(
      'WouldReachSource',
      `in the namespace of the source, the ${captured.machines.length} VMs of the clone would find the source's own by their Service names and write to them: clone into another namespace, or clone one VM that depends on nothing`,
    ),
  ];
}

/** Whatever selects pods by labels that the clone has would take it for production. */
function cloneWouldJoinProduction({ observed, context, desired }: Checked): readonly Blocker[] {
  if (!context.sameNamespace) return [];
  return desired.machines.flatMap(({ name, source, tier }) => {
    const { template } = cloneMachine({ machine: source, tier }, context).spec;
    const pod = launcherLabels(name, template.metadata?.labels);
    return observed.selectors
      .filter(({ selector }) => selects(selector, pod))
      .map(({ kind, name: selecting }) =>
        blocker(
          'WouldJoinSource',
          `${kind} ${context.targetNamespace}/${selecting} would select VM ${name} of the clone: clone into another namespace, or narrow its selector`,
        ),
      );
  });
}

function blocker(reason: string, message: string): Blocker {
  return { reason, message };
}

function listed(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}
