import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import { may } from '../domain/permissions.ts';
import type { Scope } from './context.ts';
import {
  countDue,
  countProposed,
  PROPOSED_MEMBER_MONTHS,
  RETENTION_RULES,
  type RetentionKind,
} from './retention-rules.ts';

export interface RetentionView {
  /** What the next round would delete, by the very rules that delete. */
  readonly due: readonly { readonly kind: RetentionKind; readonly count: number }[];
  /** Where the library has set nothing for former members: what the proposal would mean today. */
  readonly proposal: { readonly months: number; readonly count: number } | null;
  /** Latest first. */
  readonly runs: readonly {
    readonly at: Date;
    readonly counts: Readonly<Partial<Record<RetentionKind, number>>>;
    readonly complete: boolean;
  }[];
  /** People on the list that a restore applies again. */
  readonly erasures: number;
  /** Looks through texts of before the rule on identity numbers, latest first. */
  readonly texts: readonly TextCoverView[];
}

export interface TextCoverView {
  readonly startedAt: Date;
  /** Null while it is under way. */
  readonly endedAt: Date | null;
  /** Rows. */
  readonly looked: number;
  /** Where something was covered, and in how many texts. */
  readonly covered: readonly { readonly table: string; readonly column: string; readonly count: number }[];
  /** Rows that could not be changed. */
  readonly unchanged: number;
}

const RUNS_SHOWN = 30;

/** Preview and report of the retention jobs; null without the permission. */
export function readRetention(db: Db, scope: Scope): Promise<RetentionView | null> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const { actor } = scope;
    if (actor.kind !== 'officer' || !may(actor.roles, 'setting.change')) return null;
    const due: { kind: RetentionKind; count: number }[] = [];
    for (const rule of RETENTION_RULES) due.push({ kind: rule.kind, count: await countDue(tx, scope, rule) });
    const runs = await tx
      .selectFrom('retention_run')
      .select(['at', 'counts', 'complete'])
      .orderBy('at', 'desc')
      .limit(RUNS_SHOWN)
      .execute();
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from erasure_list`.execute(
      tx,
    );
    const texts = await tx.selectFrom('text_cover').selectAll().orderBy('rule', 'desc').execute();
    return {
      due,
      proposal:
        scope.library.settings.retention.endedMemberMonths === null
          ? { months: PROPOSED_MEMBER_MONTHS, count: await countProposed(tx, scope) }
          : null,
      runs,
      erasures: rows[0]?.count ?? 0,
      texts: texts.map((row) => ({
        startedAt: row.started_at,
        endedAt: row.ended_at,
        looked: Number(row.looked),
        covered: Object.entries(row.counts).map(([name, count]) => {
          const [table = '', column = ''] = name.split('.');
          return { table, column, count };
        }),
        unchanged: row.unchanged,
      })),
    };
  });
}
