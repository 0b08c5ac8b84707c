/** Whoever was erased after a backup was made is in it; the lists that say so are gathered before it is put in use. */
import type pg from 'pg';

/** Records about other things, `<table>/<key>`: in which ones a name of one word is the person, and in which it is not. */
export interface DecidedMentions {
  readonly taken: readonly string[];
  readonly left: readonly string[];
}

/** A person erased, a line of `erasures.jsonl`. Nothing of the person but an id that nobody has any more. */
export interface Erasure {
  /** The library's number. */
  readonly library: number;
  /** Id of a member or a case. */
  readonly subject: string;
  /** ISO time of the erasure. */
  readonly at: string;
  /** What an officer decided; absent where nobody looked. */
  readonly mentions?: DecidedMentions;
}

export function isDecided(mentions: unknown): mentions is DecidedMentions {
  const isList = (value: unknown) =>
    Array.isArray(value) && value.every((item: unknown) => typeof item === 'string');
  return (
    typeof mentions === 'object' &&
    mentions !== null &&
    'taken' in mentions &&
    'left' in mentions &&
    isList(mentions.taken) &&
    isList(mentions.left)
  );
}

function keyOf({ library, subject }: Erasure): string {
  return `${library} ${subject}`;
}

/** Those of `entries` whose person is not among `known`. */
export function erasuresBeyond(known: readonly Erasure[], entries: readonly Erasure[]): readonly Erasure[] {
  const keys = new Set(known.map(keyOf));
  return entries.filter((entry) => !keys.has(keyOf(entry)));
}

/** Each person once. Whoever was erased again has a second line, where nobody was asked: what was decided before holds. */
export function eachErasedOnce(entries: readonly Erasure[]): readonly Erasure[] {
  const once = new Map<string, Erasure>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const mentions = entry.mentions ?? once.get(key)?.mentions;
    once.set(key, { ...entry, ...(mentions && { mentions }) });
  }
  return [...once.values()];
}

/** The list in a database that may be of an older schema; library by library, as an owner is bound by row-level security. */
export async function readErasureTable(client: pg.ClientBase): Promise<Erasure[]> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('public.erasure_list') is not null as there`,
  );
  if (rows[0]?.there !== true) return [];
  const libraries = await client.query<{ id: number }>('select id from public.library order by id');
  const entries: Erasure[] = [];
  for (const { id } of libraries.rows) {
    await client.query("select set_config('app.library_id', $1, false)", [String(id)]);
    // A column that an older schema does not have is null.
    const found = await client.query<{ subject: string; at: Date; mentions: DecidedMentions | null }>(
      `select subject::text as subject, at, to_jsonb(e) -> 'mentions' as mentions
       from public.erasure_list e where library_id = $1`,
      [id],
    );
    for (const { subject, at, mentions } of found.rows)
      entries.push({
        library: id,
        subject,
        at: at.toISOString(),
        ...(isDecided(mentions) && { mentions }),
      });
  }
  return entries;
}
