/** Who owns an object, so that the garbage collector removes it with its owner. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** The metadata that every Kubernetes object has, as plain JSON: times are RFC 3339 strings. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  generateName?: string;
}

/** Any Kubernetes object. What the client returns always has `apiVersion`, `kind` and `metadata.name`. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

/** Where objects of one kind live in the API; the type parameter says what they look like. */
export interface Kind<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Lower case, as in the path and in RBAC rules. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Never set: carries the type only. */
  readonly __object?: T;
}

/** Names one object of a kind; `namespace` is absent for cluster-scoped ones. */
export interface ObjectKey {
  readonly namespace?: string;
  readonly name: string;
}

/** Some fields of a T, at any depth; lists are given whole. */
export type DeepPartial<T> = T extends readonly (infer Element)[]
  ? readonly DeepPartial<Element>[]
  : T extends object
    ? { [Field in keyof T]?: DeepPartial<T[Field]> }
    : T;

/** The fields of an object that a server-side apply owns, with the name it is applied under. */
export type DeepPartialObject<T extends KubeObject> = Omit<DeepPartial<T>, 'metadata'> & {
  metadata: Partial<ObjectMeta> & { name: string };
};

/** `namespace/name`, or `name` for what lives in no namespace. */
export function keyOf(object: KubeObject | ObjectKey): string {
  const { namespace, name } = 'metadata' in object ? object.metadata : object;
  return namespace ? `${namespace}/${name}` : name;
}

/** The inverse of `keyOf`. */
export function keyFrom(text: string): ObjectKey {
  const slash = text.indexOf('/');
  return slash < 0 ? { name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}

/** `group/version`, or `version` for the core group: what stands in `apiVersion`. */
export function apiVersionOf(kind: Kind): string {
  return kind.group ? `${kind.group}/${kind.version}` : kind.version;
}

/** The path of a group and version: `/api/v1`, `/apis/kubevirt.io/v1`. */
export function groupPath(kind: Kind): string {
  return kind.group ? `/apis/${apiVersionOf(kind)}` : `/api/${kind.version}`;
}

/** The path of a kind's collection, of one namespace or of all. */
export function collectionPath(kind: Kind, namespace?: string): string {
  const scope = kind.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${groupPath(kind)}${scope}/${kind.plural}`;
}

/** The path of one object, or of one of its subresources. */
export function objectPath(kind: Kind, key: ObjectKey, subresource?: string): string {
  if (kind.namespaced && !key.namespace) {
    throw new TypeError(`${kind.kind} ${key.name} lives in a namespace, and none was given`);
  }
  const path = `${collectionPath(kind, key.namespace)}/${encodeURIComponent(key.name)}`;
  return subresource ? `${path}/${subresource}` : path;
}
