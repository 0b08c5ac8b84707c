/** A table to download: the same for XLSX and CSV. */
export interface Table {
  /** Name of the sheet. */
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
}

export interface TableColumn {
  readonly title: string;
  /** text; whole number; number; `YYYY-MM-DD`; a share, where 0.25 reads 25 %. */
  readonly kind: 'text' | 'integer' | 'decimal' | 'date' | 'percent';
}

/** One value per column; numbers for the number kinds, text for text and date; null: an empty cell. */
export type TableRow = readonly (string | number | null)[];
