/** What can be set in the Helm chart: `charts/envclone/values.schema.json` is generated from it. */
import { z } from 'zod';

const image = z.strictObject({
  repository: z.string().min(1).describe('Where the image is, without the tag.'),
  tag: z.string().describe("The chart's appVersion when empty."),
  pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
});

const binder = z.strictObject({
  image: z
    .string()
    .min(1)
    .describe(
      'Image of the pods that have WaitForFirstConsumer claims bound. They are scheduled and never run.',
    ),
});

const amounts = z
  .looseObject({
    cpu: z.union([z.string(), z.number()]).optional(),
    memory: z.union([z.string(), z.number()]).optional(),
  })
  .optional();

export const chartValues = z.strictObject({
  image: image.describe("The operator's image."),
  imagePullSecrets: z.array(z.strictObject({ name: z.string().min(1) })),
  binder,
  logLevel: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    .describe('What the operator logs; `info` is one line per decision.'),
  resources: z.strictObject({ requests: amounts, limits: amounts }).describe('Of the operator.'),
  nodeSelector: z.record(z.string(), z.string()),
  tolerations: z.array(z.looseObject({})),
  affinity: z.looseObject({}),
  priorityClassName: z.string(),
  podAnnotations: z.record(z.string(), z.string()),
  podLabels: z.record(z.string(), z.string()),
  crds: z.strictObject({
    install: z
      .boolean()
      .describe(
        'Whether the chart brings the CustomResourceDefinitions. They stay when the chart is removed.',
      ),
  }),
  admissionPolicy: z.strictObject({
    install: z
      .boolean()
      .describe(
        'Whether the chart brings the policy that checks who may clone what. Without it, clones across namespaces are refused.',
      ),
  }),
  roles: z.strictObject({
    aggregate: z
      .boolean()
      .describe(
        'Whether the rights on our kinds are added to the view, edit and admin roles of the cluster.',
      ),
  }),
  global: z.looseObject({}).optional().describe('What Helm passes down from a parent chart; not used.'),
});
