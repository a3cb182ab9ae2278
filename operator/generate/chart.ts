/** The parts of the Helm chart that are generated: CRDs and the operator's role as templates, the schema of the values. */
import { z } from 'zod';
import type { ControllerAccess } from '../controllers/access.ts';
import { chartValues } from '../schema/chart-values.ts';
import type { CustomResourceDefinition } from './crd.ts';
import { policyRules } from './rbac.ts';
import { toYaml } from './yaml.ts';

/**
 * A CRD among the templates, where an upgrade of the chart reaches it (Helm never upgrades what lies in `crds/`),
 * and kept when the chart is removed, because every object of its kind would go with it.
 */
export function crdTemplate(crd: CustomResourceDefinition): string {
  const kept = { ...crd.metadata, annotations: { 'helm.sh/resource-policy': 'keep' } };
  const text = escapeTemplate(toYaml({ ...crd, metadata: kept }));
  return `{{- if .Values.crds.install }}\n${text}{{- end }}\n`;
}

/** The role of the operator: what its controllers declare. */
export function clusterRoleTemplate(access: readonly ControllerAccess[]): string {
  const head = toYaml({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' });
  const metadata = [
    'metadata:',
    '  name: {{ include "envclone.fullname" . }}',
    '  labels:',
    '    {{- include "envclone.labels" . | nindent 4 }}',
    '',
  ].join('\n');
  return `${head}${metadata}${toYaml({ rules: policyRules(access) })}`;
}

/** What Helm checks the values against, before anything is installed. */
export function valuesSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(chartValues, { target: 'draft-2020-12', io: 'input' }), null, 2)}\n`;
}

/** Braces that mean something to Helm, written so that they mean themselves. */
function escapeTemplate(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}
