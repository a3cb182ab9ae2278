const group = 'cdi.kubevirt.io';

/** CDI's annotations, labels and finalizers, as it spells them. */
export const usePopulator = `${group}/storage.usePopulator`;
export const cloneToken = `${group}/storage.clone.token`;
export const extendedToken = `${group}/storage.extended.clone.token`;
export const cloneType = `${group}/cloneType`;
export const clonePhase = `${group}/clonePhase`;
export const cloneError = `${group}/cloneError`;
export const fallbackReason = `${group}/cloneFallbackReason`;
export const createdFor = `${group}/createdForDataVolume`;
export const dataSourceNamespace = `${group}/dataSourceNamespace`;
export const contentType = `${group}/storage.contentType`;
export const podRestarts = `${group}/storage.pod.restarts`;
export const podPhase = `${group}/storage.pod.phase`;
export const podReady = `${group}/storage.pod.ready`;
export const podSchedulable = `${group}/storage.pod.schedulable`;
export const preallocation = `${group}/storage.preallocation.requested`;
export const populatedFor = `${group}/storage.populatedFor`;
export const prePopulated = `${group}/storage.prePopulated`;
export const allowAdoption = `${group}/allowClaimAdoption`;
export const bindImmediately = `${group}/storage.bind.immediate.requested`;
export const externalPopulation = `${group}/externalPopulation`;
export const populatorProgress = `${group}/storage.populator.progress`;
export const populatorKind = `${group}/storage.populator.kind`;
export const primeName = `${group}/storage.populator.pvcPrime`;
export const importSource = `${group}/storage.import.source`;
export const importPodName = `${group}/storage.import.importPodName`;
export const eventSource = `${group}/events.source`;
export const eventSourceKind = `${group}/events.source.kind`;
export const ownedByDataVolume = `${group}/ownedByDataVolume`;
export const permissiveClone = `${group}/permissiveClone`;
export const virtualSize = 'cdi.Kubervirt.io/virtualSize';
export const sourceCapacity = 'cdi.Kubervirt.io/sourceCapacity';
export const ownerUid = `${group}/ownerUID`;
export const uploadPod = `${group}/storage.uploadPodName`;
export const uploadClient = `${group}/uploadClientName`;
export const sourceClonePod = `${group}/storage.sourceClonePodName`;
export const cloneOwnerReference = `${group}/storage.ownerRef`;
export const cloneRequest = 'k8s.io/CloneRequest';
export const createdByController = `${group}/storage.createdByController`;

export const bound = `${group}/storage.condition.bound`;
export const boundMessage = `${group}/storage.condition.bound.message`;
export const boundReason = `${group}/storage.condition.bound.reason`;
export const running = `${group}/storage.condition.running`;
export const runningMessage = `${group}/storage.condition.running.message`;
export const runningReason = `${group}/storage.condition.running.reason`;

export const cloneFinalizer = `${group}/clonePopulator`;
export const sourcePodFinalizer = `${group}/cloneSource`;
export const crossNamespaceFinalizer = `${group}/dataVolumeFinalizer`;
export const ownedByUid = `${group}/OwnedByUID`;

/** The labels of every object that CDI makes. */
export const commonLabels = {
  app: 'containerized-data-importer',
  'app.kubernetes.io/component': 'storage',
  'app.kubernetes.io/managed-by': 'cdi-controller',
};

/** On pods, and on claims that pods are made for: no service mesh. */
export const noSidecars = { 'linkerd.io/inject': 'disabled', 'sidecar.istio.io/inject': 'false' };

/** On claims with a file system: nobody wants an alert when a disk image fills them. */
export const noFillingUpAlert = { 'alerts.k8s.io/KubePersistentVolumeFillingUp': 'disabled' };
