import type { ProcedureProblem } from '../../../domain/procedure-rules.ts';
import type { Texts } from '../../../i18n/index.ts';
import type { FieldError } from '../member-action-page.tsx';

/**
 * Problems of a draft at the fields of its editor, in words. A list of lines is one box and a row of branches one
 * group: the problem of a part stands there.
 */
export function problemsInWords(
  { office }: Texts,
  problems: readonly ProcedureProblem[],
): readonly FieldError[] {
  const words: Readonly<Record<string, string>> = {
    ...office.settings.problems,
    ...office.procedures.problems,
  };
  const found = new Map<string, string>();
  for (const { field, code } of problems) {
    const at = placeOf(field);
    if (!found.has(at)) found.set(at, words[code] ?? words.format ?? code);
  }
  return [...found].map(([field, text]) => ({ field, text }));
}

/** The same for a list above the form: each says which part of the naskah it is about. */
export function problemsWithPlace(all: Texts, problems: readonly ProcedureProblem[]): readonly FieldError[] {
  const { procedures: text } = all.office;
  const words: Readonly<Record<string, string>> = text.fields;
  return problemsInWords(all, problems).map((problem) => {
    const [part = '', index = '', field = ''] = problem.field.split('.');
    const place =
      part === 'steps' && index !== ''
        ? [text.stepNumber(Number(index) + 1), words[`step.${field}`]].filter(Boolean).join(', ')
        : (words[part] ?? part);
    return { field: problem.field, text: `${place}: ${problem.text}` };
  });
}

function placeOf(field: string): string {
  if (field === 'acts' || field === 'publicSteps') return 'steps';
  if (/^(?:actorColumns|documents)\.[a-z_]+$/.test(field)) return field;
  const branch = /^(steps\.\d+\.branches\.\d+\.(?:label|to))$/.exec(field);
  if (branch) return field;
  return field.replace(/^((?:steps\.\d+\.)?[a-zA-Z]+)(?:\.\d+.*)?$/, '$1');
}
