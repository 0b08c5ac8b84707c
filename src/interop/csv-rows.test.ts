import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesInMemory } from './byte-source.ts';
import { csvDialect, csvRows, withoutBackslashes } from './csv-rows.ts';
import { decodeText } from './read-text.ts';

const encode = (text: string) => new TextEncoder().encode(text);

async function read(bytes: Uint8Array): Promise<(readonly string[] | null)[]> {
  const source = inPieces(bytes, 7);
  const rows: (readonly string[] | null)[] = [];
  for await (const { cells } of csvRows(source, await csvDialect(source))) rows.push(cells);
  return rows;
}

/** Letters and escapes are cut anywhere, as a network cuts them. */
function inPieces(bytes: Uint8Array, length: number) {
  return {
    size: bytes.length,
    async *read(start: number, end: number) {
      for (let at = start; at < end; at += length) yield bytes.subarray(at, Math.min(end, at + length));
    },
  };
}

async function joined(texts: AsyncIterable<string>): Promise<string> {
  let whole = '';
  for await (const text of texts) whole += text;
  return whole;
}

const cell = fc.string({ unit: fc.constantFrom('a', 'é', 'ñ', '"', ',', ';', '\n', ' ', "'", '𝒳', 'ß') });

describe('a CSV of anybody', () => {
  it('comes back as it was written, quotes, separators and line breaks in values included', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 20 }),
        async (rows) => {
          const lines = [['satu', 'dua', 'tiga'], ...rows];
          const text = lines
            .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(','))
            .join('\r\n');
          const source = inPieces(encode(text), 5);
          const found: (readonly string[] | null)[] = [];
          for await (const { cells } of csvRows(source, { separator: ',', escape: 'quote' }))
            found.push(cells);
          // Rows in which every cell is empty are none.
          const filled = lines.filter((row) => row.some((value) => value !== '') || row.length > 1);
          expect(found).toEqual(filled);
        },
      ),
    );
  });

  it('comes back as it was written where backslashes escape, as MySQL and SLiMS do', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('a', '\\', '"', "'", '\n', 'n', 'é') }),
        async (value) => {
          const escaped = value.replace(/["'\\]/g, '\\$&').replaceAll('\n', '\\n');
          async function* pieces() {
            for (const letter of `"${escaped}"`) yield letter;
          }
          expect(await joined(withoutBackslashes(pieces()))).toBe(`"${value.replaceAll('"', '""')}"`);
        },
      ),
    );
  });

  it('is read with semicolons, tabs and a byte order mark too', async () => {
    expect(await read(encode('\uFEFFNama;Alamat\r\n"Contoh; satu";Jl. A, 1\r\n'))).toEqual([
      ['Nama', 'Alamat'],
      ['Contoh; satu', 'Jl. A, 1'],
    ]);
    expect(await read(encode('Nama\tNIK\nContoh\t9901'))).toEqual([
      ['Nama', 'NIK'],
      ['Contoh', '9901'],
    ]);
  });

  it('does not end at a row that no rule explains', async () => {
    const rows = await read(encode('a,b\n"x" y,1\nz,2\n'));
    expect(rows.at(-1)).toEqual(['z', '2']);
    expect(rows).toHaveLength(3);
  });
});

describe('letters of old databases', () => {
  it('are UTF-8 where they are that and Latin-1 where not, in one file', async () => {
    const bytes = Uint8Array.of(...encode('Zoë '), 0x5a, 0x6f, 0xeb, ...encode(' – '), 0x93, 0x94);
    for (const length of [1, 2, 3, 50]) {
      const source = inPieces(bytes, length);
      expect(await joined(decodeText(source.read(0, source.size)))).toBe('Zoë Zoë – “”');
    }
  });

  it('are never lost, whatever the bytes and wherever they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.integer({ min: 1, max: 5 }),
        async (text, length) => {
          const bytes = encode(text.replaceAll('\uFEFF', ''));
          if (bytes[0] === 0xff || bytes[0] === 0xfe) return;
          const source = inPieces(bytes, length);
          expect(await joined(decodeText(source.read(0, source.size)))).toBe(new TextDecoder().decode(bytes));
        },
      ),
    );
  });

  it('of a file saved as Unicode text are read by its mark', async () => {
    const bytes = new Uint8Array(Buffer.from('\uFEFFNama,Kota\nContoh é,X', 'utf16le'));
    expect(await joined(decodeText(bytesInMemory(bytes).read(0, bytes.length)))).toContain('Contoh é,X');
  });
});
