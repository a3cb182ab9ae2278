/** The beginning of an attempt: what must hold before anything is asked of the storage, and what is written down first. */
import { controllerRevisions } from '../../cluster/kinds.generated.ts';
import type { ObservedCapture } from '../../observe/environment-snapshot.ts';
import type { Application } from '../../schema/environment.ts';
import { closureOf } from '../order/application-graph.ts';
import { describeOrderProblem, orderMachines } from '../order/order.ts';
import { type Step, sequence, together } from '../steps.ts';
import { isRunning } from './definition.ts';
import {
  applicationsOf,
  type CaptureBlocker,
  captureMachine,
  type LiveMachine,
  planGroups,
} from './machines.ts';
import type { CapturedEnvironment, CapturedMachine, CaptureGroup } from './model.ts';
import { encodeAttempt } from './revisions.ts';
import { servicesOf } from './services.ts';

export type Beginning =
  | { readonly steps: readonly Step[] }
  | { readonly blockers: readonly CaptureBlocker[] };

export function beginAttempt(observed: ObservedCapture, attempt: number, now: number): Beginning {
  const taken = captureEnvironment(observed, { snapshot: observed.snapshot.metadata.name, attempt });
  if ('blockers' in taken) return taken;
  const requested = new Date(now).toISOString();
  const { machines, table } = encodeAttempt(observed.snapshot, { attempt, requested, ...taken });
  const create = (object: typeof table): Step => ({ step: 'create', kind: controllerRevisions, object });
  return { steps: [sequence(together(...machines.map(create)), create(table))] };
}

/** The Environment as it is now, or every reason why it cannot be captured. */
export function captureEnvironment(
  observed: Pick<ObservedCapture, 'snapshot' | 'environment' | 'live' | 'classes' | 'services'>,
  names: { readonly snapshot: string; readonly attempt: number },
):
  | { readonly captured: CapturedEnvironment; readonly groups: readonly CaptureGroup[] }
  | { readonly blockers: readonly CaptureBlocker[] } {
  const { snapshot, environment, live, classes, services } = observed;
  if (!environment)
    return stop(
      'EnvironmentNotFound',
      `there is no Environment ${snapshot.metadata.namespace}/${snapshot.spec.environment}: create it, or correct the name`,
    );
  const wanted = wantedApplications(environment.spec.applications, snapshot.spec.applications);
  if ('blockers' in wanted) return wanted;
  const selected = live.filter(({ machine }) => applicationsOf(machine, wanted.applications).length > 0);
  const absent = wanted.applications.flatMap((application) => applicationIsNotRunning(application, selected));
  if (absent.length > 0) return { blockers: absent };
  const groups = planGroups(selected, classes, names);
  const results = selected.map((each) => captureMachine(each, wanted.applications, classes, groups, names));
  const blockers = results.flatMap((result) => (Array.isArray(result) ? result : []));
  if (blockers.length > 0) return { blockers };
  const machines = results as readonly CapturedMachine[];
  const captured = {
    environment: environment.metadata.name,
    applications: wanted.applications,
    coLocated: environment.spec.coLocated,
    machines,
    services: servicesOf(services, machines),
  };
  const order = orderMachines(captured);
  if ('problem' in order) return stop(order.problem, describeOrderProblem(order));
  return { captured, groups };
}

function wantedApplications(all: readonly Application[], names: readonly string[]) {
  const unknown = names.find((name) => !all.some((application) => application.name === name));
  if (unknown !== undefined)
    return stop(
      'UnknownApplication',
      `the Environment has no application "${unknown}"; it has ${all.map(({ name }) => name).join(', ')}`,
    );
  return { applications: names.length === 0 ? all : closureOf(all, names) };
}

function applicationIsNotRunning(
  application: Application,
  live: readonly LiveMachine[],
): readonly CaptureBlocker[] {
  const selected = live.filter(({ machine }) => applicationsOf(machine, [application]).length > 0);
  if (selected.length === 0)
    return [
      {
        reason: 'NoVirtualMachine',
        message: `application "${application.name}" selects no VM: correct its selector, or label its VMs`,
      },
    ];
  if (selected.some(isRunning)) return [];
  const names = selected.map(({ machine }) => machine.metadata.name).join(', ');
  return [
    {
      reason: 'NotRunning',
      message: `none of the VMs of application "${application.name}" is running (${names}): start one`,
    },
  ];
}

function stop(reason: string, message: string) {
  return { blockers: [{ reason, message }] };
}
