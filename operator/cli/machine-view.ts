/** How far each VM of a clone is, as a person is shown it. */
import type { VirtualMachine, VirtualMachineInstance } from '../cluster/kinds.generated.ts';
import { annotations } from '../names.ts';
import type { CapturedEnvironment } from '../plan/capture/model.ts';
import { needsAreMet } from '../plan/clone/build.ts';
import { cloneContext } from '../plan/clone/context.ts';
import { type DesiredMachine, desire, narrowed } from '../plan/clone/desired.ts';
import { isBound } from '../plan/clone/filled.ts';
import { gateName, type MachineProgress, type MachineState, progressOf } from '../plan/clone/gates.ts';
import { parseQuantity } from '../plan/quantities.ts';
import type { CloneFacts } from './clone-reader.ts';

/** A start that takes longer than this is worth a word. */
const startSettlesMs = 10_000;

export interface DiskView {
  /** The claim in the clone. */
  readonly claim: string;
  readonly bytes: number;
  readonly bound: boolean;
}

export interface MachineView {
  /** The VM in the clone. */
  readonly name: string;
  readonly tier: number;
  /** `Halted` is as good as `Up`: it did not run when it was captured. */
  readonly state: MachineState | 'Halted';
  /** What it must pass, as in `tcp 5432`; empty where that cannot be told. */
  readonly gate: string;
  readonly disks: readonly DiskView[];
  /** From the creation of the VM until it was up, or until now; absent before there is one. */
  readonly elapsedMs?: number;
  /** Which applications it waits for, or why it failed or does not start. */
  readonly message: string;
}

/** Where the capture may be read: every VM, judged as the operator judges it. */
export function machinesOfCapture(
  facts: CloneFacts,
  captured: CapturedEnvironment,
  now: number,
): readonly MachineView[] {
  const { applications, virtualMachine } = facts.clone.spec.source;
  const runs = captured.machines.find(({ name }) => name === virtualMachine)?.applications;
  // How the disks are made does not show, so no storage class is needed.
  const desired = desire(narrowed(captured, runs ?? applications), new Map(), cloneContext(facts.clone));
  if ('problem' in desired) return [];
  const progress = desired.machines.map((machine) => progressIn(facts, machine, now));
  const byName = new Map(progress.map((each) => [each.desired.name, each]));
  return progress.map((each) => viewProgress(facts, each, byName, now));
}

function progressIn({ machines, instances, claims }: CloneFacts, desired: DesiredMachine, now: number) {
  const live = {
    machine: machines.get(desired.name),
    instance: instances.get(desired.name),
    disks: desired.disks.map(({ claim }) => ({ claim: claims.get(claim) })),
  };
  return progressOf(desired, live, now);
}

function viewProgress(
  facts: CloneFacts,
  { desired, state, message }: MachineProgress,
  byName: ReadonlyMap<string, MachineProgress>,
  now: number,
): MachineView {
  const { name, tier, source, applications, disks } = desired;
  const halted = !source.ran && state === 'Up';
  const gates = new Set(applications.map(({ readiness }) => gateName(readiness)));
  return {
    name,
    tier,
    state: halted ? 'Halted' : state,
    gate: source.ran ? [...gates].join(', ') : '',
    disks: disks.map(({ claim, bytes }) => ({ claim, bytes, bound: isBound(facts.claims.get(claim)) })),
    elapsedMs: halted ? undefined : elapsedOf(facts, name, state, now),
    message: state === 'Waiting' ? waitedFor(desired, byName) : worthSaying(facts, name, state, message, now),
  };
}

/** Gate and disks have columns of their own; KubeVirt's word for a start passes through errors where all is well. */
function worthSaying(
  facts: CloneFacts,
  name: string,
  state: MachineView['state'],
  message: string,
  now: number,
): string {
  if (state === 'Failed') return message;
  const late = (elapsedOf(facts, name, state, now) ?? 0) > startSettlesMs;
  return state === 'Starting' && late ? message : '';
}

function waitedFor(desired: DesiredMachine, byName: ReadonlyMap<string, MachineProgress>): string {
  const unmet = desired.needs.filter((need) => !needsAreMet({ ...desired, needs: [need] }, byName));
  return unmet.length > 0 ? `after ${unmet.map(({ application }) => application).join(', ')}` : '';
}

/** Where the capture may not be read: the VMs that exist, and those of which the status of the clone tells. */
export function machinesOfChildren(facts: CloneFacts, now: number): readonly MachineView[] {
  const unfinished = new Map(facts.clone.status?.unfinished?.map((each) => [each.name, each]));
  const made = [...facts.machines.values()].map((machine): MachineView => {
    const told = unfinished.get(machine.metadata.name);
    return viewChild(facts, machine, told ?? { state: stateOfChild(facts, machine) }, now);
  });
  const waiting = [...unfinished.values()]
    .filter(({ name }) => !facts.machines.has(name))
    .map(
      ({ name, tier, state, message = '' }): MachineView => ({
        name,
        tier,
        state,
        gate: '',
        disks: [],
        message,
      }),
    );
  return [...made, ...waiting];
}

function viewChild(
  facts: CloneFacts,
  machine: VirtualMachine,
  { state, message = '' }: Pick<MachineView, 'state'> & { message?: string },
  now: number,
): MachineView {
  const { name } = machine.metadata;
  return {
    name,
    tier: Number(machine.metadata.annotations?.[annotations.tier] ?? 0),
    state,
    gate: gateOfTemplate(machine),
    disks: disksOfTemplate(facts, machine),
    elapsedMs: state === 'Halted' ? undefined : elapsedOf(facts, name, state, now),
    message: worthSaying(facts, name, state, message, now),
  };
}

function stateOfChild({ instances }: CloneFacts, machine: VirtualMachine): MachineView['state'] {
  if (machine.spec.runStrategy === 'Halted') return 'Halted';
  if (machine.status?.ready) return 'Up';
  return instances.get(machine.metadata.name)?.status?.phase === 'Running' ? 'Gate' : 'Starting';
}

function gateOfTemplate({ spec }: VirtualMachine): string {
  const probe = spec.template.spec?.readinessProbe;
  if (probe?.tcpSocket) return `tcp ${probe.tcpSocket.port}`;
  if (probe?.httpGet) return `http ${probe.httpGet.port}${probe.httpGet.path ?? '/'}`;
  if (probe?.exec) return `exec ${probe.exec.command?.[0] ?? ''}`;
  return '';
}

function disksOfTemplate(facts: CloneFacts, { spec }: VirtualMachine): readonly DiskView[] {
  const names = spec.template.spec?.volumes?.map((volume) => volume.persistentVolumeClaim?.claimName) ?? [];
  return names
    .filter((claim) => claim !== undefined)
    .map((claim) => ({ claim, bytes: sizeOf(facts, claim), bound: isBound(facts.claims.get(claim)) }));
}

function sizeOf({ claims }: CloneFacts, claim: string): number {
  const { status, spec } = claims.get(claim) ?? {};
  return parseQuantity(status?.capacity?.storage ?? spec?.resources?.requests?.storage ?? '0');
}

function elapsedOf(
  { clone, machines, instances }: CloneFacts,
  name: string,
  state: MachineView['state'],
  now: number,
): number | undefined {
  const created = machines.get(name)?.metadata.creationTimestamp;
  if (!created) return undefined;
  const completed = clone.status?.completedAt ? Date.parse(clone.status.completedAt) : now;
  const until = state === 'Up' ? Math.min(upSince(instances.get(name)) ?? now, completed) : now;
  return Math.max(0, until - Date.parse(created));
}

function upSince(instance: VirtualMachineInstance | undefined): number | undefined {
  const ready = instance?.status?.conditions?.find(
    ({ type, status }) => type === 'Ready' && status === 'True',
  );
  return ready?.lastTransitionTime ? Date.parse(ready.lastTransitionTime) : undefined;
}
