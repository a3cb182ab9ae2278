/**
 * A binder is a pod that is there only to be the first consumer of a VM's claims. Classes that wait for one would
 * otherwise copy the disks of later tiers only when their VM starts. It has the VM's scheduling constraints and all
 * its claims, so that the volumes come where the VM can run, and is deleted when they are bound: before it is run.
 */
import { type Pod, pods } from '../../cluster/kinds.generated.ts';
import { labels } from '../../names.ts';
import type { CapturedMachine } from '../capture/model.ts';
import type { Step } from '../steps.ts';
import { type CloneContext, derivedName, ownedMetadata, renamed } from './context.ts';
import type { DesiredDisk } from './disks.ts';

export function binderName(machine: CapturedMachine, context: CloneContext): string {
  return derivedName(
    context,
    `${renamed(context, machine.name).slice(0, 40)}-binder`,
    'binder',
    machine.name,
  );
}

export function makeBinder(
  machine: CapturedMachine,
  disks: readonly DesiredDisk[],
  image: string,
  context: CloneContext,
): Step {
  return { step: 'create', kind: pods, object: binderPod(machine, disks, image, context) };
}

export function deleteBinders(binders: readonly Pod[]): readonly Step[] {
  return binders.filter(({ metadata }) => !metadata.deletionTimestamp).map(deleteBinder);
}

/** It may be running by now where the scheduler was quick; without grace nothing waits for it. */
function deleteBinder(pod: Pod): Step {
  const { namespace, name, uid } = pod.metadata;
  return { step: 'delete', kind: pods, key: { namespace, name }, uid, gracePeriodSeconds: 0 };
}

function binderPod(
  machine: CapturedMachine,
  disks: readonly DesiredDisk[],
  image: string,
  context: CloneContext,
): Pod {
  const { nodeSelector = {}, affinity, tolerations } = machine.spec.template.spec!;
  const { 'kubernetes.io/hostname': _, ...selector } = nodeSelector;
  const volumes = disks.map(({ claim }, index) => ({
    name: `disk-${index}`,
    persistentVolumeClaim: { claimName: claim },
  }));
  const blocks = disks.flatMap(({ source }, index) =>
    source.volumeMode === 'Block' ? [{ name: `disk-${index}`, devicePath: `/dev/disk-${index}` }] : [],
  );
  const mounts = disks.flatMap(({ source }, index) =>
    source.volumeMode === 'Filesystem' ? [{ name: `disk-${index}`, mountPath: `/disk-${index}` }] : [],
  );
  return {
    metadata: ownedMetadata(context, binderName(machine, context), {
      labels: { [labels.binder]: 'true', [labels.machine]: machine.name.slice(0, 63) },
    }),
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      nodeSelector: selector,
      affinity,
      tolerations,
      securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'binder',
          image,
          resources: { requests: { cpu: '1m', memory: '1Mi' }, limits: { cpu: '10m', memory: '16Mi' } },
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            readOnlyRootFilesystem: true,
          },
          volumeDevices: blocks,
          volumeMounts: mounts,
        },
      ],
      volumes,
    },
  } as Pod;
}
