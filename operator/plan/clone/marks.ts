/** Labels and annotations that do not go with a copy. */

/** Marks by which other controllers know an object as theirs: a copy that carried them would be pruned or fought over. */
const foreignMarks = [
  /^kubectl\.kubernetes\.io\//,
  /^argocd\.argoproj\.io\//,
  /^(kustomize|helm)\.toolkit\.fluxcd\.io\//,
  /^meta\.helm\.sh\//,
  /^app\.kubernetes\.io\/(instance|managed-by)$/,
  /^restore\.kubevirt\.io\//,
  /^kubevirt\.io\/(latest|storage)-observed-api-version$/,
  /^envclone\.io\//,
];

export function withoutForeignMarks(given: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).filter(([key]) => !foreignMarks.some((mark) => mark.test(key))),
  );
}
