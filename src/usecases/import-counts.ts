import { coveredText } from '../domain/identity-in-text.ts';
import { type ImportCounts, typeCodeOf } from '../domain/importing/import-state.ts';
import { TYPE_WORDS, wordKey } from '../domain/importing/incoming-words.ts';
import type { RowOutcome } from '../domain/importing/row-outcome.ts';
import type { StagedMember } from '../domain/importing/staged-member.ts';
import type { Scope } from './context.ts';

interface CountedRow {
  readonly staged: StagedMember;
  readonly outcome: RowOutcome;
  readonly reasons: readonly string[];
}

/** Notes that only the library's settings tell. */
export function settingNotes(
  scope: Scope,
  { staged, outcome }: Pick<CountedRow, 'staged' | 'outcome'>,
): readonly string[] {
  const since = staged.memberSince === null ? ['since_missing'] : [];
  return outcome === 'refused' || knownType(scope, staged) !== undefined ? since : ['type_unknown', ...since];
}

function knownType(scope: Scope, staged: StagedMember): string | undefined {
  return typeCodeOf(staged.typeName, scope.library.settings.memberTypes, {}, (name) =>
    TYPE_WORDS.get(wordKey(name)),
  );
}

/** What a batch adds to the sums of its import. */
export function countsOf(scope: Scope, rows: readonly CountedRow[]): ImportCounts {
  const [outcomes, reasons, leftOver, types] = [
    {} as Record<string, number>,
    {} as Record<string, number>,
    {} as Record<string, number>,
    {} as Record<string, number>,
  ];
  const add = (sums: Record<string, number>, key: string) => {
    sums[key] = (sums[key] ?? 0) + 1;
  };
  for (const row of rows) {
    add(outcomes, row.outcome);
    for (const reason of new Set([
      ...row.reasons,
      ...row.staged.notes.map((note) => note.code),
      ...settingNotes(scope, row),
    ]))
      add(reasons, reason);
    // A list whose reading began before the rule has its titles in memory as they were.
    for (const title of row.staged.leftOver) add(leftOver, coveredText(title, 'words'));
    const { typeName } = row.staged;
    if (typeName !== null && knownType(scope, row.staged) === undefined)
      add(types, coveredText(typeName, 'words'));
  }
  return { outcomes, reasons, leftOver, types };
}
