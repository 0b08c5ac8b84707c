import { type RawBuilder, sql } from 'kysely';
import type { AuditEntry } from './audit.ts';

/** Texts of records that are about no one person, where an officer may have named somebody, or written a number. */
export interface RecordTexts {
  readonly table: RecordTable;
  /** What its rows are known by, as SQL, and of which type that is. */
  readonly key: string;
  readonly type: 'uuid' | 'int' | 'text';
  readonly columns: readonly string[];
  /** What is set as well whenever a text is: a page that was opened before must not put back what was taken out. */
  readonly also: RawBuilder<unknown> | null;
  readonly subjectKind: AuditEntry['subjectKind'];
}

export type RecordTable = 'breach' | 'monthly_report' | 'procedure_version';

/** Looked through when somebody is erased, and once for identity numbers of before the rule. */
export const RECORD_TEXTS: readonly RecordTexts[] = [
  {
    table: 'breach',
    key: 'id',
    type: 'uuid',
    columns: ['title', 'happened', 'cause', 'measures', 'contact'],
    also: sql`version = version + 1`,
    subjectKind: 'breach',
  },
  {
    table: 'monthly_report',
    key: "month || '/' || revision",
    type: 'text',
    columns: ['withdrawn_reason'],
    also: null,
    subjectKind: 'report',
  },
  {
    table: 'procedure_version',
    key: 'version',
    type: 'int',
    columns: ['returned_note'],
    also: null,
    subjectKind: 'procedure',
  },
];
