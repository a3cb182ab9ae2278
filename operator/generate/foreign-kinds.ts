/**
 * The kinds of other projects that Envclone uses, and of each the fields that it uses, written like a GraphQL
 * selection. Types and optionality come from the real CRD; a field that it does not have fails the generation.
 */
export interface ForeignKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly fields: string;
}

const storedMachine = `
  domain {
    cpu { cores sockets threads }
    memory { guest }
    resources { requests limits }
    machine { type }
    firmware { uuid serial bootloader { bios efi { persistent secureBoot } } }
    devices {
      interfaces { name macAddress }
      disks { name }
      tpm { persistent enabled }
      autoattachPodInterface
    }
  }
  networks { name pod multus { networkName default } }
  volumes {
    name
    persistentVolumeClaim { claimName hotpluggable readOnly }
    dataVolume { name hotpluggable }
    ephemeral { persistentVolumeClaim { claimName } }
    cloudInitNoCloud { secretRef { name } networkDataSecretRef { name } userData userDataBase64 networkData networkDataBase64 }
    cloudInitConfigDrive { secretRef { name } networkDataSecretRef { name } userData userDataBase64 networkData networkDataBase64 }
    sysprep { secret { name } configMap { name } }
    secret { secretName optional }
    configMap { name optional }
    serviceAccount { serviceAccountName }
    hostDisk
    memoryDump { claimName hotpluggable }
    containerDisk { image imagePullSecret }
    emptyDisk
    downwardAPI
    downwardMetrics
  }
  accessCredentials {
    sshPublicKey { source { secret { secretName } } propagationMethod }
    userPassword { source { secret { secretName } } propagationMethod }
  }
  hostname subdomain
  nodeSelector affinity { nodeAffinity podAffinity podAntiAffinity } tolerations topologySpreadConstraints
  terminationGracePeriodSeconds
  readinessProbe {
    tcpSocket { port host }
    httpGet { port path scheme host httpHeaders }
    exec { command }
    guestAgentPing
    initialDelaySeconds periodSeconds timeoutSeconds successThreshold failureThreshold
  }
`;

const conditions = 'conditions { type status reason message lastTransitionTime }';

const kubevirt: readonly ForeignKind[] = [
  {
    group: 'kubevirt.io',
    version: 'v1',
    kind: 'VirtualMachine',
    fields: `
      spec {
        running runStrategy
        instancetype { kind name revisionName inferFromVolume }
        preference { kind name revisionName inferFromVolume }
        dataVolumeTemplates { metadata spec }
        template { metadata spec { ${storedMachine} } }
      }
      status {
        created ready printableStatus runStrategy
        ${conditions}
        instancetypeRef { kind name controllerRevisionRef { name } }
        preferenceRef { kind name controllerRevisionRef { name } }
        volumeSnapshotStatuses { name enabled reason }
        snapshotInProgress restoreInProgress
        stateChangeRequests
        startFailure { consecutiveFailCount }
      }`,
  },
  {
    group: 'kubevirt.io',
    version: 'v1',
    kind: 'VirtualMachineInstance',
    fields: `
      spec { ${storedMachine} }
      status {
        phase reason nodeName virtualMachineRevisionName fsFreezeStatus
        ${conditions}
        interfaces { name mac ipAddress ipAddresses infoSource }
        guestOSInfo { id name prettyName }
        volumeStatus { name phase persistentVolumeClaimInfo { claimName } }
      }`,
  },
  {
    group: 'instancetype.kubevirt.io',
    version: 'v1beta1',
    kind: 'VirtualMachineClusterInstancetype',
    fields: 'spec { cpu memory }',
  },
  {
    group: 'instancetype.kubevirt.io',
    version: 'v1beta1',
    kind: 'VirtualMachineClusterPreference',
    fields: 'spec',
  },
  {
    group: 'instancetype.kubevirt.io',
    version: 'v1beta1',
    kind: 'VirtualMachineInstancetype',
    fields: 'spec { cpu memory }',
  },
  {
    group: 'instancetype.kubevirt.io',
    version: 'v1beta1',
    kind: 'VirtualMachinePreference',
    fields: 'spec',
  },
];

const dataImporter: readonly ForeignKind[] = [
  {
    group: 'cdi.kubevirt.io',
    version: 'v1beta1',
    kind: 'DataVolume',
    fields: `
      spec {
        contentType
        source { snapshot { namespace name } pvc { namespace name } blank }
        pvc { accessModes volumeMode storageClassName resources { requests } }
        storage { accessModes volumeMode storageClassName resources { requests } }
      }
      status {
        phase progress claimName restartCount
        conditions { type status reason message lastTransitionTime lastHeartbeatTime }
      }`,
  },
  {
    group: 'cdi.kubevirt.io',
    version: 'v1beta1',
    kind: 'StorageProfile',
    fields: `
      spec { cloneStrategy snapshotClass }
      status { storageClass provisioner cloneStrategy snapshotClass claimPropertySets { accessModes volumeMode } }`,
  },
];

const snapshots: readonly ForeignKind[] = [
  {
    group: 'snapshot.storage.k8s.io',
    version: 'v1',
    kind: 'VolumeSnapshot',
    fields: `
      spec { volumeSnapshotClassName source { persistentVolumeClaimName volumeSnapshotContentName } }
      status {
        boundVolumeSnapshotContentName creationTime readyToUse restoreSize volumeGroupSnapshotName
        error { message time }
      }`,
  },
  {
    group: 'snapshot.storage.k8s.io',
    version: 'v1',
    kind: 'VolumeSnapshotContent',
    fields: `
      spec {
        driver deletionPolicy volumeSnapshotClassName sourceVolumeMode
        source { volumeHandle snapshotHandle }
        volumeSnapshotRef { kind apiVersion namespace name uid }
      }
      status { snapshotHandle creationTime readyToUse restoreSize volumeGroupSnapshotHandle error { message time } }`,
  },
  {
    group: 'snapshot.storage.k8s.io',
    version: 'v1',
    kind: 'VolumeSnapshotClass',
    fields: 'driver deletionPolicy parameters',
  },
  {
    group: 'groupsnapshot.storage.k8s.io',
    version: 'v1',
    kind: 'VolumeGroupSnapshot',
    fields: `
      spec {
        volumeGroupSnapshotClassName
        source { selector { matchLabels matchExpressions } volumeGroupSnapshotContentName }
      }
      status { boundVolumeGroupSnapshotContentName creationTime readyToUse error { message time } }`,
  },
  {
    group: 'groupsnapshot.storage.k8s.io',
    version: 'v1',
    kind: 'VolumeGroupSnapshotContent',
    fields: `
      spec {
        driver deletionPolicy volumeGroupSnapshotClassName
        source { volumeHandles groupSnapshotHandles { volumeGroupSnapshotHandle volumeSnapshotHandles } }
        volumeGroupSnapshotRef { kind apiVersion namespace name uid }
      }
      status {
        volumeGroupSnapshotHandle creationTime readyToUse
        error { message time }
        volumeSnapshotInfoList { volumeHandle snapshotHandle creationTime readyToUse restoreSize }
      }`,
  },
  {
    group: 'groupsnapshot.storage.k8s.io',
    version: 'v1',
    kind: 'VolumeGroupSnapshotClass',
    fields: 'driver deletionPolicy parameters',
  },
];

export const foreignKinds: readonly ForeignKind[] = [...kubevirt, ...dataImporter, ...snapshots];
