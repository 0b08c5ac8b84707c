/** What the service is asked: people who come, and what an officer types. */
import type { PersonRow } from '../matching/generate.ts';
import { CHUNK, chunkOf, memberNumberOf } from './chunk.ts';

/** Somebody to be checked. */
export interface Asked {
  readonly person: PersonRow;
  /** Member number of who it is; null for somebody new. */
  readonly member: string | null;
}

export interface Questions {
  /** As they come: half of them on file, most with an error. */
  readonly usual: readonly Asked[];
  /** Frequent names, names of one word, and 1 January. */
  readonly worst: readonly Asked[];
  readonly searches: readonly { readonly kind: SearchKind; readonly typed: string }[];
}

export const SEARCH_KINDS = [
  'first_word',
  'two_beginnings',
  'full_name',
  'number',
  'number_end',
  'phone',
  'birth_date',
] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

/** Chunks that are asked about, spread over all. */
const ASKED_CHUNKS = 6;
const WORST = 600;
const SEARCHES = 150;

export function questionsFor(members: number): Questions {
  const chunks = Math.ceil(members / CHUNK);
  const usual: Asked[] = [];
  const people: PersonRow[] = [];
  const numbers: string[] = [];
  for (let n = 0; n < Math.min(ASKED_CHUNKS, chunks); n++) {
    const chunk = Math.floor((n * chunks) / Math.min(ASKED_CHUNKS, chunks));
    const set = chunkOf(chunk, Math.min(CHUNK, members - chunk * CHUNK));
    for (const person of set.incoming) {
      const id = set.truth.get(person.id)?.existingId ?? null;
      usual.push({ person, member: id === null ? null : memberNumberOf(chunk, id) });
    }
    for (const row of set.existing) {
      people.push(row);
      numbers.push(memberNumberOf(chunk, row.id));
    }
  }
  return { usual, worst: worstOf(people), searches: searchesOf(people, numbers) };
}

/** Nobody of these is on file under this number, date or address: what is left is the name that everybody has. */
function worstOf(people: readonly PersonRow[]): readonly Asked[] {
  const names = frequent(people.map((row) => row.name.toLowerCase()));
  const oneWord = frequent(people.map((row) => row.name.toLowerCase()).filter((name) => !name.includes(' ')));
  const newYear = people.filter((row) => row.birth_date.endsWith('-01-01'));
  const asked: Asked[] = [];
  for (let n = 0; asked.length < WORST; n++) {
    const like = people[(n * 7_919) % people.length];
    const born = newYear[(n * 101) % newYear.length] ?? like;
    if (!like || !born) break;
    const bare = { ...like, nik: '', kk: '', phone: '', email: '' };
    asked.push({ person: { ...bare, name: names[n % 40] ?? like.name }, member: null });
    asked.push({ person: { ...bare, name: oneWord[n % 40] ?? like.name }, member: null });
    asked.push({
      person: { ...bare, name: names[n % 40] ?? like.name, birth_date: born.birth_date },
      member: null,
    });
  }
  return asked;
}

function frequent(texts: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([text]) => text);
}

function searchesOf(people: readonly PersonRow[], numbers: readonly string[]): Questions['searches'] {
  return SEARCH_KINDS.flatMap((kind, turn) =>
    Array.from({ length: SEARCHES }, (_, n) => {
      const at = (n * 6_007 + turn * 911) % people.length;
      const row = people[at];
      return { kind, typed: row === undefined ? '' : typedOf(kind, row, numbers[at] ?? '') };
    }).filter(({ typed }) => typed !== ''),
  );
}

function typedOf(kind: SearchKind, row: PersonRow, number: string): string {
  const words = row.name.split(/\s+/);
  switch (kind) {
    case 'first_word':
      return words[0] ?? '';
    case 'two_beginnings':
      return `${words[0] ?? ''} ${(words[1] ?? '').slice(0, 3)}`.trim();
    case 'full_name':
      return row.name;
    case 'number':
      return number;
    case 'number_end':
      return number.slice(-6);
    case 'phone':
      return row.phone;
    case 'birth_date':
      return row.birth_date;
  }
}
