/** The programs of a control plane, by the names that their releases give them. */
export const programNames = ['etcd', 'kube-apiserver', 'kube-controller-manager'] as const;
export type ProgramName = (typeof programNames)[number];

/** Where each program is: absolute paths. */
export type Programs = Readonly<Record<ProgramName, string>>;

/** One line of what is being done for so long. */
export type Progress = (line: string) => void;
