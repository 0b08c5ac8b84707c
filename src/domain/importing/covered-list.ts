import { coveredText, coveredTitles } from '../identity-in-text.ts';
import type { ImportCounts, ImportFileFacts, ImportMapping } from './import-state.ts';

/** What is kept of a list besides its rows, where the titles of its columns are named. */
export interface ListTitles {
  readonly facts: ImportFileFacts;
  readonly mapping: ImportMapping;
  readonly counts: ImportCounts;
}

/** As it would be kept today: a title is named in four places and stays the same in all of them. */
export function coveredList({ facts, mapping, counts }: ListTitles): ListTitles {
  const titles = coveredTitles(facts.titles);
  const named = new Map(facts.titles.map((title, at) => [title.trim(), titles[at]?.trim() ?? '']));
  const nameOf = (name: string) => named.get(name) ?? coveredText(name, 'words');
  return {
    facts: { ...facts, titles },
    mapping: { columns: renamed(mapping.columns, nameOf), types: renamed(mapping.types, nameOf) },
    counts: {
      ...counts,
      ...(counts.leftOver && { leftOver: renamed(counts.leftOver, nameOf) }),
      ...(counts.types && { types: renamed(counts.types, nameOf) }),
    },
  };
}

/** With other names, in the same order; of two that are the same then, numbers are added up. */
function renamed<Value extends string | number>(
  values: Readonly<Record<string, Value>>,
  nameOf: (name: string) => string,
): Record<string, Value> {
  const made: Record<string, Value> = {};
  for (const [name, value] of Object.entries(values)) {
    const [next, there] = [nameOf(name), made[nameOf(name)]];
    made[next] = typeof there === 'number' && typeof value === 'number' ? ((there + value) as Value) : value;
  }
  return made;
}
