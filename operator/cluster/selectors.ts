/** A label selector as it stands in a query: `app=web,tier in (a,b),!draft`. */
export type LabelMatcher = (labels: Readonly<Record<string, string>> | undefined) => boolean;

/** What a label selector's text means; throws for text that the API server would refuse too. */
export function parseLabelSelector(text: string): LabelMatcher {
  const requirements = splitOutsideParentheses(text).map(parseRequirement);
  return (labels = {}) => requirements.every((holds) => holds(labels));
}

type Requirement = (labels: Readonly<Record<string, string>>) => boolean;

function parseRequirement(text: string): Requirement {
  const match = requirementPattern.exec(text);
  if (!match) throw new SyntaxError(`not a label selector: ${text}`);
  const { absent, key = '', equality, value = '', operator, values = '' } = match.groups ?? {};
  const listed = operator ? values.split(',').map((one) => one.trim()) : [value];
  if (absent) return (labels) => labels[key] === undefined;
  if (!equality && !operator) return (labels) => labels[key] !== undefined;
  const wanted = equality !== '!=' && operator !== 'notin';
  return (labels) => (labels[key] !== undefined && listed.includes(labels[key])) === wanted;
}

const requirementPattern =
  /^(?<absent>!)?\s*(?<key>[\w./-]+)\s*(?:(?<equality>==?|!=)\s*(?<value>[\w.-]*)|(?<operator>in|notin)\s*\((?<values>[^)]*)\))?$/;

function splitOutsideParentheses(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
