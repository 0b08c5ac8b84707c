/** One step forward of the schema; runs in one transaction, once, in the order of `id`. */
export interface Migration {
  readonly id: number;
  readonly name: string;
  /** SQL, several statements allowed. */
  readonly up: string;
}
