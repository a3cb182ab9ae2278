/** A call to the API server by its shape: what is asked of which kind, and in which way. */
export interface Call {
  /** As in RBAC, and `apply` for a server-side apply. */
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Plural, with the subresource: `virtualmachines/start`. */
  readonly resource: string;
  readonly dryRun: boolean;
  /** Whether the writer says who writes. */
  readonly named: boolean;
  /** What is to become of unknown fields; empty for the server's default. */
  readonly fieldValidation: string;
  readonly accept: string;
  /** Of the body; empty where there is none. */
  readonly contentType: string;
}

/** As in `create virtualmachines.kubevirt.io (dry run, strict, application/json)`. */
export function callTitle(call: Call): string {
  const { verb, group, resource, dryRun, named, fieldValidation, accept, contentType } = call;
  const ways = [
    dryRun && 'dry run',
    fieldValidation.toLowerCase(),
    named && 'field manager',
    contentType,
    accept !== 'application/json' && `Accept: ${accept}`,
  ].filter((way) => way);
  const [plural, subresource] = resource.split('/');
  const kind = `${plural}${group && `.${group}`}${subresource ? `/${subresource}` : ''}`;
  return `${verb} ${kind}${ways.length > 0 ? ` (${ways.join(', ')})` : ''}`;
}
