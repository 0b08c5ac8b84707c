import { readTypedDate } from '../../domain/typed-date.ts';
import { formatDate } from '../../i18n/format.ts';
import type { FormBody } from '../form-body.ts';
import type { FieldSpec, ListSpec, SectionSpec } from './settings-spec.ts';

/** A tree of plain values, as settings are stored and as a form builds them. */
export type Tree = { [key: string]: unknown };

/** The value at a path such as `profile.name` or `holidays.2.date`; undefined where there is none. */
export function valueAt(tree: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? (value as Tree)[key] : undefined),
      tree,
    );
}

/** Puts a value at a path; numbers in the path make lists. */
export function setAt(tree: Tree, path: string, value: unknown): void {
  const keys = path.split('.');
  let here = tree;
  keys.forEach((key, index) => {
    if (index === keys.length - 1) here[key] = value;
    else {
      here[key] ??= /^\d+$/.test(keys[index + 1] ?? '') ? [] : {};
      here = here[key] as Tree;
    }
  });
}

/** The text of a field for its box. */
export function shownText(spec: FieldSpec, value: unknown): string {
  switch (spec.kind) {
    case 'lines':
      return Array.isArray(value) ? value.join('\n') : '';
    case 'date':
      // As a person types it; what is no date comes back as it was typed.
      return typeof value === 'string' ? formatDate('id', value) : '';
    case 'decimal':
      return typeof value === 'number' ? String(value).replace('.', ',') : String(value ?? '');
    case 'time':
      return typeof value === 'string' ? value.replace(':', '.') : '';
    case 'months':
      return typeof value === 'object' && value !== null && 'months' in value ? String(value.months) : '';
    case 'days':
      return typeof value === 'object' && value !== null && 'days' in value ? String(value.days) : '';
    case 'repeat': {
      const rule = value as { rule?: string; minutes?: number } | undefined;
      return rule?.rule === 'after_minutes' ? String(rule.minutes) : (rule?.rule ?? '');
    }
    default:
      return value === null || value === undefined ? '' : String(value);
  }
}

/** The value of a field from the text of its box; what cannot be read is left to the schema to refuse. */
function readText(spec: FieldSpec, typed: string): unknown {
  const text = typed.trim();
  switch (spec.kind) {
    case 'check':
      return text !== '';
    case 'number':
      return text === '' && spec.nullable ? null : numberOf(text);
    case 'decimal':
      return numberOf(text.replace(',', '.'), text);
    case 'lines':
      return typed
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '');
    case 'date':
      return text === '' && spec.nullable ? null : (readTypedDate(text) ?? text);
    case 'time':
      return timeOf(text);
    case 'months':
      return text === '' ? { lifetime: true } : { months: numberOf(text) };
    case 'days':
      return text === '' ? 'delete' : { days: numberOf(text) };
    case 'repeat':
      return /^\d+$/.test(text) ? { rule: 'after_minutes', minutes: Number(text) } : { rule: text };
    default:
      return text === '' && spec.nullable ? null : text;
  }
}

/** A number, or the text as it was typed where it is none: the schema refuses it and the box shows it again. */
function numberOf(text: string, typed = text): number | string {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : typed;
}

/** `8`, `8.30`, `08:30` as `HH:MM`; anything else as typed. */
function timeOf(text: string): string {
  const match = /^(\d{1,2})(?:[.:](\d{2}))?$/.exec(text);
  return match ? `${(match[1] ?? '').padStart(2, '0')}:${match[2] ?? '00'}` : text;
}

/** How many rows of a list the form had. */
function rowCount(body: FormBody, list: ListSpec): number {
  return Math.min(Number(body.text(`${list.at}.jumlah`)) || 0, 300);
}

/** The settings of a page as its form sent them, blank rows included; nothing is checked here. */
export function readSettings(body: FormBody, section: SectionSpec): Tree {
  const tree: Tree = {};
  for (const spec of section.fields) setAt(tree, spec.at, readText(spec, body.text(spec.at)));
  for (const list of section.lists) {
    const rows = rowCount(body, list);
    setAt(tree, list.at, []);
    for (let index = 0; index < rows; index++)
      for (const spec of list.columns) {
        const at = spec.at.replace('*', String(index));
        setAt(tree, at, readText(spec, body.text(at)));
      }
  }
  return tree;
}

/** What is saved: blank rows dropped, new rows with a code of their own, closed hours left out. */
export function withoutBlanks(section: SectionSpec, tree: Tree): Tree {
  const saved: Tree = { ...tree };
  for (const list of section.lists) {
    const rows = (tree[list.at] as Tree[]).filter((row) => !isBlank(list, row));
    const codes = new Set(rows.map((row) => String(row.code ?? '')));
    saved[list.at] = rows.map((row) =>
      list.columns.some((column) => column.kind === 'code') && row.code === ''
        ? { ...row, code: newCode(row, codes) }
        : row,
    );
  }
  if (section.slug === 'jam-buka')
    saved.openingHours = Object.fromEntries(
      Object.entries(tree.openingHours as Record<string, { from: string; until: string }[]>).map(
        ([day, spans]) => [day, spans.filter((span) => span.from !== '' || span.until !== '')],
      ),
    );
  return saved;
}

/** A row in which nobody has typed anything. */
function isBlank(list: ListSpec, row: Tree): boolean {
  return list.columns
    .filter(({ kind }) => kind === 'text' || kind === 'date' || kind === 'area')
    .every((column) => {
      const value = valueAt({ [list.at]: { '*': row } }, column.at);
      return value === '' || value === null || value === undefined;
    });
}

function newCode(row: Tree, taken: Set<string>): string {
  const text = String(valueAt(row, 'name.id') ?? valueAt(row, 'id') ?? valueAt(row, 'name') ?? '');
  const base =
    text
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .slice(0, 24) || 'BARU';
  let code = base;
  for (let number = 2; taken.has(code); number++) code = `${base}_${number}`;
  taken.add(code);
  return code;
}

/** The position in a list that a button names, such as `naik:services:2`; the tree with the rows changed. */
export function applyRowButton(section: SectionSpec, tree: Tree, button: string): Tree {
  const [what, at = '', position = ''] = button.split(':');
  const list = section.lists.find((one) => one.at === at);
  if (!list) return tree;
  const rows = [...(tree[at] as Tree[])];
  const index = Number(position);
  if (what === 'tambah') rows.push(structuredClone(list.blank) as Tree);
  else if (what === 'hapus') rows.splice(index, 1);
  else if (what === 'naik' && index > 0) {
    const [row] = rows.splice(index, 1);
    if (row) rows.splice(index - 1, 0, row);
  }
  return { ...tree, [at]: rows };
}
