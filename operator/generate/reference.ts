/** Writes the reference page of our kinds: an example, every field, every rule, what the status says. */
import CodeBlockWriter from 'code-block-writer';
import { apiGroup, apiVersion } from '../schema/index.ts';
import type { PrinterColumn } from '../schema/kubernetes.ts';
import { type AnyDefinition, objectSchema } from './crd.ts';
import type { Example } from './examples.ts';
import { type FieldRow, fieldRows, type RuleRow, ruleRows } from './fields.ts';
import type { Schema } from './structural-schema.ts';

/** The page, in Markdown. Throws when a kind has no example. */
export function generateReference(
  definitions: readonly AnyDefinition[],
  examples: readonly Example[],
): string {
  const writer = new CodeBlockWriter({ indentNumberOfSpaces: 2 });
  writer.writeLine(
    '<!-- Generated from operator/schema and crds/examples by `npm run generate`: edit there. -->',
  );
  writer.writeLine(`# ${apiGroup}/${apiVersion}`).blankLine();
  writer.writeLine('`kubectl get envclone` lists the objects of all kinds.').blankLine();
  for (const { kind, description } of definitions) {
    writer.writeLine(`- [${kind}](#${kind.toLowerCase()}): ${description}`);
  }
  for (const definition of definitions) {
    const example = examples.find(({ kind }) => kind === definition.kind);
    if (!example) throw new Error(`crds/examples has none of ${definition.kind}`);
    writeKind(writer, definition, example);
  }
  return writer.toString();
}

function writeKind(writer: CodeBlockWriter, definition: AnyDefinition, { text }: Example): void {
  const schema = objectSchema(definition);
  const { spec, status } = schema.properties as { readonly spec: Schema; readonly status: Schema };
  writer.blankLine().writeLine(`## ${definition.kind}`).blankLine();
  writer
    .writeLine(`${definition.description} Short name: \`${definition.shortNames.join('`, `')}\`.`)
    .blankLine();
  writer.writeLine('```yaml').write(text).writeLine('```').blankLine();
  writeSpec(writer, fieldRows(spec, 'spec'));
  writeRules(writer, [...ruleRows({ ...schema, properties: { spec } }, '')]);
  writeStatus(writer, fieldRows(status, 'status'));
  writeColumns(writer, definition.columns);
}

function writeSpec(writer: CodeBlockWriter, rows: readonly FieldRow[]): void {
  writer.writeLine(`### Fields`).blankLine();
  writer.writeLine('| field | type | default | |').writeLine('| --- | --- | --- | --- |');
  for (const row of rows) {
    const value = row.required ? '**required**' : row.default === undefined ? '' : `\`${row.default}\``;
    writer.writeLine(`| \`${row.path}\` | ${row.type} | ${value} | ${row.description} |`);
  }
  writer.blankLine();
}

function writeRules(writer: CodeBlockWriter, rows: readonly RuleRow[]): void {
  if (rows.length === 0) return;
  writer.writeLine('### Rules').blankLine();
  for (const { path, message } of rows)
    writer.writeLine(`- ${path ? `\`${path.slice(1)}\`: ` : ''}${message}`);
  writer.blankLine();
}

function writeStatus(writer: CodeBlockWriter, rows: readonly FieldRow[]): void {
  writer.writeLine(`### Status`).blankLine();
  writer.writeLine('| field | type | |').writeLine('| --- | --- | --- |');
  for (const row of rows) writer.writeLine(`| \`${row.path}\` | ${row.type} | ${row.description} |`);
  writer.blankLine();
}

function writeColumns(writer: CodeBlockWriter, columns: readonly PrinterColumn[]): void {
  const names = columns.map(({ name, priority }) => (priority ? `${name} (with \`-o wide\`)` : name));
  writer.writeLine(`\`kubectl get\` shows ${names.join(', ')}.`);
}
