/** A row as `json_populate_recordset` and its like read it: without what is empty, bytes as PostgreSQL writes them. */
export function jsonRow(row: object): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  let instant: Date | undefined;
  let instantText = '';
  for (const column in row) {
    const value = (row as Readonly<Record<string, unknown>>)[column];
    if (value === null || value === undefined) continue;
    if (value instanceof Uint8Array) written[column] = bytesText(value);
    else if (value instanceof Date) {
      // Most of a row's times are the same one, and writing a time is slow.
      if (value !== instant) {
        instant = value;
        instantText = value.toISOString();
      }
      written[column] = instantText;
    } else written[column] = value;
  }
  return written;
}

function bytesText(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;
}

/** Bytes that PostgreSQL wrote into JSON. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text.slice(2), 'hex');
}
