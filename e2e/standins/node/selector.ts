import type { Node, NodeRequirement, NodeSelectorTerm } from './objects.ts';

/** Whether one of a node selector's terms fits a node's labels and name. */
export function nodeMatches(node: Node, terms: readonly NodeSelectorTerm[]): boolean {
  return terms.some(
    ({ matchExpressions = [], matchFields = [] }) =>
      matchExpressions.every((requirement) => holds(requirement, node.metadata.labels?.[requirement.key])) &&
      matchFields.every((requirement) => holds(requirement, node.metadata.name)),
  );
}

function holds({ operator, values = [] }: NodeRequirement, label: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return label !== undefined && values.includes(label);
    case 'NotIn':
      return label === undefined || !values.includes(label);
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
    case 'Gt':
      return Number(label) > Number(values[0]);
    case 'Lt':
      return Number(label) < Number(values[0]);
  }
}
