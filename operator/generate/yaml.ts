/** YAML as Kubernetes reads it. */
import { Document, isScalar, visit, type YAMLSeq } from 'yaml';

const longestInline = 90;

/** One document. Kubernetes reads YAML 1.1, where a bare `y` or `on` is a boolean: those are quoted. */
export function toYaml(value: unknown): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Seq: (_key, list) => {
      list.flow = fitsInline(list);
    },
  });
  return document.toString({ lineWidth: 0, directives: false, flowCollectionPadding: false });
}

/** Short lists of plain values read better on one line. */
function fitsInline(list: YAMLSeq): boolean {
  return (
    list.items.every(isScalar) &&
    list.items.map((item) => String(item.value)).join(', ').length <= longestInline
  );
}
