/** Environment: says what order its VMs start in, where its applications run, and what is wrong with its table. */
import { isNotFound, keyOf } from '../cluster/index.ts';
import { environments } from '../cluster/kinds.generated.ts';
import { observeEnvironment } from '../observe/environment.ts';
import { indexes } from '../observe/world.ts';
import { orderMachines } from '../plan/order/order.ts';
import { summarizeEnvironment } from '../status/environment.ts';
import { announce, type Controller, type ControllerContext } from './controller.ts';

export function environmentController(context: ControllerContext): Controller {
  const { world, statuses, now } = context;

  async function reconcile(key: string): Promise<number | undefined> {
    const observed = observeEnvironment(world, key);
    if (!observed) return undefined;
    const { environment, machines } = observed;
    const { applications, coLocated } = environment.spec;
    const status = summarizeEnvironment(
      observed,
      orderMachines({ applications, machines, coLocated }),
      now(),
    );
    announce(context, environment, status.conditions ?? [], environment.status?.conditions);
    try {
      return await statuses.write(environments, environment, status);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return undefined;
    }
  }

  function watch(enqueue: (key: string) => void): void {
    const inNamespace = (namespace: string | undefined) => {
      for (const environment of world.environments.byIndex(indexes.namespace, namespace ?? ''))
        enqueue(keyOf(environment));
    };
    world.environments.onChange(({ type, object }) => {
      if (type === 'deleted') statuses.forget(object.metadata.uid!);
      else enqueue(keyOf(object));
    });
    world.machines.onChange(({ object }) => inNamespace(object.metadata.namespace));
    world.instances.onChange(({ object }) => inNamespace(object.metadata.namespace));
    world.snapshots.onChange(({ object }) => inNamespace(object.metadata.namespace));
  }

  return { name: 'environment', watch, reconcile };
}
