/** What a test can do to the cluster beyond its API. Only the stand-ins can do all of it; a real cluster says why not. */
import { inject } from 'vitest';
import type { Fault } from '../standins/faults.ts';

export interface Lab {
  /** Whether storage and VMs fail at will, and the disks of both lie open. */
  readonly canInject: boolean;
  /** Whether the operator is a process of this suite. */
  readonly canKill: boolean;
  /** Why it cannot; for the titles of tests that are left out. */
  readonly reason: string;
  /** Folder with the bytes of all volumes and snapshots. */
  readonly directory: string;
  /** Path of the operator's log, one JSON object a line. */
  readonly operatorLog: string;
  /** Path of a kubeconfig with the rights that the chart gives the operator. */
  readonly operatorKubeconfig: string;
  inject(fault: Fault): Promise<void>;
  /** Takes back the faults of a name. */
  clear(name: Fault['name']): Promise<void>;
  /** Kills the operator as a node that dies would. */
  killOperator(): Promise<void>;
  /** Starts it where it does not run; resolves when it has filled its caches. */
  startOperator(): Promise<void>;
}

/** Where the suite's own cluster is told what to do; plain data, because it crosses processes. */
export interface LabAddress {
  readonly url: string;
  readonly directory: string;
  readonly operatorLog: string;
  readonly operatorKubeconfig: string;
}

/** What a test asks of the process that holds the cluster. */
export type LabRequest =
  | { readonly do: 'inject'; readonly fault: Fault }
  | { readonly do: 'clear'; readonly name: Fault['name'] }
  | { readonly do: 'killOperator' }
  | { readonly do: 'startOperator' };

/** The lab of the cluster that this suite runs against. */
export function theLab(): Lab {
  const address = inject('lab');
  return address ? new StandInLab(address) : realCluster;
}

const reason = 'a real cluster has neither faults on order nor open disks';

const cannot = () => Promise.reject(new Error(reason));

const realCluster: Lab = {
  canInject: false,
  canKill: false,
  reason,
  directory: '',
  operatorLog: '',
  operatorKubeconfig: '',
  inject: cannot,
  clear: cannot,
  killOperator: cannot,
  startOperator: cannot,
};

class StandInLab implements Lab {
  readonly canInject = true;
  readonly canKill = true;
  readonly reason = '';
  readonly directory: string;
  readonly operatorLog: string;
  readonly operatorKubeconfig: string;
  readonly #url: string;

  constructor({ url, directory, operatorLog, operatorKubeconfig }: LabAddress) {
    this.#url = url;
    this.directory = directory;
    this.operatorLog = operatorLog;
    this.operatorKubeconfig = operatorKubeconfig;
  }

  inject(fault: Fault): Promise<void> {
    return this.#ask({ do: 'inject', fault });
  }

  clear(name: Fault['name']): Promise<void> {
    return this.#ask({ do: 'clear', name });
  }

  killOperator(): Promise<void> {
    return this.#ask({ do: 'killOperator' });
  }

  startOperator(): Promise<void> {
    return this.#ask({ do: 'startOperator' });
  }

  async #ask(asked: LabRequest): Promise<void> {
    const answer = await fetch(this.#url, { method: 'POST', body: JSON.stringify(asked) });
    const words = await answer.text();
    if (!answer.ok) throw new Error(`${asked.do}: ${words}`);
  }
}
