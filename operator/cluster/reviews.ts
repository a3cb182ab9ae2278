import type { AccessAttributes, Identity } from './client.ts';
import { apiVersionOf, collectionPath, type Kind } from './objects.ts';
import type { Requester } from './requester.ts';

/** Whether somebody has a right; without `user`, whether we have it. */
export async function reviewAccess(
  requester: Requester,
  resourceAttributes: AccessAttributes,
  user?: Identity,
): Promise<boolean> {
  const spec = user
    ? { resourceAttributes, user: user.username, groups: user.groups, uid: user.uid }
    : { resourceAttributes };
  const answer = await review(requester, user ? subjectAccessReviews : selfSubjectAccessReviews, { spec });
  return (answer as { status?: { allowed?: boolean } }).status?.allowed === true;
}

/** Who the API server takes us for. */
export async function reviewSelf(requester: Requester): Promise<Identity> {
  const answer = await review(requester, selfSubjectReviews, {});
  const { userInfo } = (answer as { status: { userInfo: Identity } }).status;
  return { username: userInfo.username, groups: userInfo.groups ?? [], uid: userInfo.uid };
}

/** A review is created and never kept, so it may be asked as often as one likes. */
function review(requester: Requester, kind: Kind, question: object): Promise<unknown> {
  return requester.call({
    verb: 'create',
    kind,
    method: 'POST',
    path: collectionPath(kind),
    body: { apiVersion: apiVersionOf(kind), kind: kind.kind, ...question },
    retry: 'always',
  });
}

const subjectAccessReviews: Kind = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
};

const selfSubjectAccessReviews: Kind = {
  ...subjectAccessReviews,
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
};

const selfSubjectReviews: Kind = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  namespaced: false,
};
