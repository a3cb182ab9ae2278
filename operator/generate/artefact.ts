/** A generated file. */
export interface Artefact {
  /** From the root of the project. */
  readonly path: string;
  readonly text: string;
}
