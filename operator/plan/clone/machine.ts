/** A VM of the clone, generated from its captured definition. */
import type { VirtualMachine } from '../../cluster/kinds.generated.ts';
import { annotations, labels } from '../../names.ts';
import type { Readiness } from '../../schema/environment.ts';
import type { CapturedMachine } from '../capture/model.ts';
import { claimOf, type Volume } from '../volumes.ts';
import { type CloneContext, ownedMetadata, renamed } from './context.ts';
import { withIdentity } from './identity.ts';
import { withoutForeignMarks } from './marks.ts';
import { withMappedNetworks } from './networks.ts';
import { overridesOf, withPatches } from './patches.ts';

type Template = NonNullable<VirtualMachine['spec']['template']['spec']>;

/** Labels that KubeVirt refuses in a template from anybody but itself. */
const reservedLabels = new Set([
  'kubevirt.io/created-by',
  'kubevirt.io/migrationJobUID',
  'kubevirt.io/nodeName',
  'kubevirt.io/migrationTargetNodeName',
  'kubevirt.io/schedulable',
  'kubevirt.io/install-strategy',
]);

export interface MachineRequest {
  readonly machine: CapturedMachine;
  readonly tier: number;
  /** The gate that has to be put into the VM, where its applications ask for one. */
  readonly probe?: Readiness;
}

export function cloneMachine(
  { machine, tier, probe }: MachineRequest,
  context: CloneContext,
): VirtualMachine {
  const name = renamed(context, machine.name);
  const { template, instancetype, preference } = machine.spec;
  const spec = pipe(
    structuredClone(template.spec!),
    (each) => withClonedVolumes(each, context),
    (each) => withMappedNetworks(each, context),
    (each) => withIdentity(each, machine, name, context),
    (each) => withoutNodePin(each),
    (each) => (probe ? withProbe(each, probe) : each),
    (each) => withSize(each, machine.name, context),
  );
  const vm: VirtualMachine = {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: ownedMetadata(context, name, {
      labels: { ...userLabels(machine.labels, context), [labels.machine]: machine.name.slice(0, 63) },
      annotations: { ...withoutForeignMarks(machine.annotations), [annotations.tier]: String(tier) },
    }),
    spec: {
      runStrategy: runStrategyOf(machine),
      ...(instancetype && { instancetype: withoutRevision(instancetype) }),
      ...(preference && { preference: withoutRevision(preference) }),
      template: { metadata: templateMetadata(machine, context), spec },
    },
  };
  return withPatches(vm, machine.name, context);
}

/** A VM that ran goes on as it was told to; one that did not is cloned halted. */
export function runStrategyOf({ ran, spec }: CapturedMachine): string {
  if (!ran || spec.runStrategy === 'WaitAsReceiver') return 'Halted';
  return spec.runStrategy ?? 'Always';
}

function pipe(template: Template, ...changes: readonly ((template: Template) => Template)[]): Template {
  return changes.reduce((value, change) => change(value), template);
}

/** Every disk becomes a plain claim: whoever fills it, KubeVirt must not fill it a second time. */
function withClonedVolumes(template: Template, context: CloneContext): Template {
  const volumes = template.volumes
    ?.filter((volume) => !volume.memoryDump)
    .map((volume) => cloneVolume(volume, context));
  return { ...template, ...(volumes && { volumes }) };
}

function cloneVolume(volume: Volume, context: CloneContext): Volume {
  const claim = claimOf(volume);
  if (claim === undefined) return volume;
  const claimName = renamed(context, claim);
  if (volume.ephemeral)
    return {
      ...volume,
      ephemeral: { persistentVolumeClaim: { ...volume.ephemeral.persistentVolumeClaim, claimName } },
    };
  const { dataVolume, ...rest } = volume;
  const hotpluggable = volume.persistentVolumeClaim?.hotpluggable ?? dataVolume?.hotpluggable;
  return {
    ...rest,
    persistentVolumeClaim: {
      ...volume.persistentVolumeClaim,
      claimName,
      ...(hotpluggable && { hotpluggable }),
    },
  };
}

/** The node of the source says nothing about the clone, whose volumes may be elsewhere. */
function withoutNodePin(template: Template): Template {
  const { 'kubernetes.io/hostname': _, ...nodeSelector } = template.nodeSelector ?? {};
  return { ...template, nodeSelector: Object.keys(nodeSelector).length > 0 ? nodeSelector : undefined };
}

/** Isolated VMs cannot be reached by the operator, so KubeVirt asks for us. */
function withProbe(template: Template, { type, tcpSocket, httpGet, exec }: Readiness): Template {
  const handler =
    type === 'TCPSocket'
      ? { tcpSocket }
      : type === 'HTTPGet'
        ? { httpGet }
        : type === 'Exec'
          ? { exec }
          : undefined;
  if (!handler) return template;
  return {
    ...template,
    readinessProbe: {
      ...handler,
      periodSeconds: 2,
      timeoutSeconds: 2,
      failureThreshold: 3,
      successThreshold: 1,
    },
  } as Template;
}

function withSize(template: Template, machine: string, { clone }: CloneContext): Template {
  const domain = { ...template.domain };
  for (const { cpu, memory } of overridesOf(clone, machine)) {
    if (cpu) Object.assign(domain, { cpu: { ...domain.cpu, ...cpu }, ...withoutAmount(domain, 'cpu') });
    if (memory)
      Object.assign(domain, {
        memory: { ...domain.memory, guest: memory },
        ...withoutAmount(domain, 'memory'),
      });
  }
  return { ...template, domain };
}

/** What the pod asks for follows from the size of the guest again: as it was captured, it would be as large as before. */
function withoutAmount({ resources }: Template['domain'], amount: 'cpu' | 'memory') {
  if (!resources) return {};
  const { [amount]: _, ...requests } = resources.requests ?? {};
  const { [amount]: __, ...limits } = resources.limits ?? {};
  return { resources: { ...resources, requests, limits } };
}

function templateMetadata({ spec }: CapturedMachine, context: CloneContext) {
  const { labels: given = {}, annotations: notes = {} } = spec.template.metadata ?? {};
  const kept = Object.entries(given).filter(
    ([key]) => !reservedLabels.has(key) && !key.startsWith('envclone.io/'),
  );
  return {
    labels: {
      ...(context.sameNamespace ? {} : Object.fromEntries(kept)),
      [labels.clone]: context.clone.metadata.uid!,
    },
    annotations: notes,
  };
}

/** In the namespace of the source every label is one by which production may select the clone. */
function userLabels(
  given: Readonly<Record<string, string>>,
  { sameNamespace }: CloneContext,
): Record<string, string> {
  return sameNamespace ? {} : withoutForeignMarks(given);
}

/** Revisions live in the source's namespace; the clone pins one of its own. */
function withoutRevision<T extends { revisionName?: string }>(matcher: T): T {
  const { revisionName: _, ...rest } = matcher;
  return rest as T;
}
