/** A backup read as what it means: manifest, tables with their rows, and the end; every count and digest is checked. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  type BackupEnd,
  endSchema,
  type Manifest,
  manifestSchema,
  type TableSummary,
} from './backup-content.ts';
import { readBackupFile } from './backup-file.ts';
import type { Secret } from './backup-keys.ts';
import { BackupTrouble } from './backup-trouble.ts';

export type BackupPart =
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
  | { readonly kind: 'table'; readonly name: string }
  | { readonly kind: 'rows'; readonly bytes: Buffer }
  | { readonly kind: 'table-end'; readonly summary: TableSummary }
  | { readonly kind: 'end'; readonly end: BackupEnd };

const named = z.object({ name: z.string() });

/** Throws BackupTrouble at the first thing that is not as it was written; the last part is the end. */
export async function* readBackup(file: string, secrets: readonly Secret[]): AsyncGenerator<BackupPart> {
  let digest = createHash('sha256');
  let bytes = 0;
  let table: string | undefined;
  const summaries: TableSummary[] = [];
  for await (const chunk of readBackupFile(file, secrets)) {
    if (chunk.type === 'rows') {
      digest.update(chunk.bytes);
      bytes += chunk.bytes.length;
      yield { kind: 'rows', bytes: chunk.bytes };
      continue;
    }
    const value: unknown = JSON.parse(chunk.bytes.toString('utf8'));
    switch (chunk.type) {
      case 'manifest':
        yield { kind: 'manifest', manifest: manifestSchema.parse(value) };
        break;
      case 'table':
        table = named.parse(value).name;
        yield { kind: 'table', name: table };
        break;
      case 'table-end': {
        const summary = endSchema.shape.tables.element.parse(value);
        if (summary.name !== table || summary.bytes !== bytes || summary.sha256 !== digest.digest('hex')) {
          throw new BackupTrouble('damaged', summary.name);
        }
        summaries.push(summary);
        digest = createHash('sha256');
        bytes = 0;
        yield { kind: 'table-end', summary };
        break;
      }
      case 'end': {
        const end = endSchema.parse(value);
        if (JSON.stringify(end.tables) !== JSON.stringify(summaries)) throw new BackupTrouble('damaged');
        yield { kind: 'end', end };
      }
    }
  }
}

export interface ReadBackup {
  readonly manifest: Manifest;
  readonly end: BackupEnd;
}

/** Reads to the end, which checks everything that can be checked without a database. */
export async function inspectBackup(file: string, secrets: readonly Secret[]): Promise<ReadBackup> {
  let manifest: Manifest | undefined;
  let end: BackupEnd | undefined;
  for await (const part of readBackup(file, secrets)) {
    if (part.kind === 'manifest') manifest = part.manifest;
    if (part.kind === 'end') end = part.end;
  }
  if (manifest === undefined || end === undefined) throw new BackupTrouble('damaged');
  return { manifest, end };
}
