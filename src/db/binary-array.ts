/**
 * Arrays as PostgreSQL sends and receives them (array_recv): nothing is written out as text here and read back there,
 * which for sealed values took a third of the statement on both sides.
 */

/** Types of elements and their numbers in pg_type. */
const TYPES = { boolean: 16, bytea: 17, integer: 23, text: 25, uuid: 2950 } as const;

export type ArrayType = keyof typeof TYPES;

const HEADER = 20;

/**
 * An array of one dimension as the value of a parameter.
 * @param values of the type: Buffers, numbers, booleans, else what their text is; null and undefined become null
 */
export function binaryArray(type: ArrayType, values: readonly unknown[]): Buffer {
  if (values.length === 0) return header(Buffer.alloc(12), type, 0);
  let size = HEADER;
  const lengths = new Int32Array(values.length);
  for (const [at, value] of values.entries()) {
    const length = lengthOf(type, value);
    lengths[at] = length;
    size += 4 + Math.max(length, 0);
  }
  const bytes = header(Buffer.allocUnsafe(size), type, 1);
  bytes.writeInt32BE(lengths.includes(-1) ? 1 : 0, 4);
  bytes.writeInt32BE(values.length, 12);
  bytes.writeInt32BE(1, 16);
  let at = HEADER;
  for (const [index, value] of values.entries()) {
    const length = lengths[index] ?? -1;
    at = bytes.writeInt32BE(length, at);
    if (length < 0) continue;
    write(bytes, at, type, value);
    at += length;
  }
  return bytes;
}

function header(bytes: Buffer, type: ArrayType, dimensions: number): Buffer {
  bytes.writeInt32BE(dimensions, 0);
  bytes.writeInt32BE(0, 4);
  bytes.writeInt32BE(TYPES[type], 8);
  return bytes;
}

/** In bytes; -1 stands for null. */
function lengthOf(type: ArrayType, value: unknown): number {
  if (value === null || value === undefined) return -1;
  switch (type) {
    case 'boolean':
      return 1;
    case 'integer':
      return 4;
    case 'uuid':
      return 16;
    case 'bytea':
      return (value as Uint8Array).length;
    case 'text':
      return Buffer.byteLength(String(value));
  }
}

function write(bytes: Buffer, at: number, type: ArrayType, value: unknown): void {
  switch (type) {
    case 'boolean':
      bytes.writeUInt8(value === true ? 1 : 0, at);
      break;
    case 'integer':
      bytes.writeInt32BE(value as number, at);
      break;
    case 'uuid':
      bytes.write((value as string).replaceAll('-', ''), at, 'hex');
      break;
    case 'bytea':
      bytes.set(value as Uint8Array, at);
      break;
    case 'text':
      bytes.write(String(value), at);
      break;
  }
}
