import type { LiveSystem, PutAnswer } from '../../domain/exporting/live.ts';
import type { Fitted, OutgoingMember } from '../../domain/exporting/outgoing-member.ts';
import type { LiveTexts, RowThere } from '../../domain/exporting/reconcile.ts';
import type { KohaPatronThere, openKoha } from './rest.ts';
import { type KohaCodes, kohaTexts } from './write.ts';

/** Koha's names of our fields; whatever else a patron has (notes, fines, loans) is never sent. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  number: 'cardnumber',
  name: 'surname',
  member_type: 'category_id',
  branch: 'library_id',
  birth_date: 'date_of_birth',
  sex: 'gender',
  address: 'address',
  regency: 'city',
  province: 'state',
  phone: 'phone',
  email: 'email',
  member_since: 'date_enrolled',
  valid_until: 'expiry_date',
};
/** Koha asks for these whenever a patron is written. */
const REQUIRED = ['name', 'member_type', 'branch'] as const;
const DATES = new Set(['birth_date', 'member_since', 'valid_until']);

/** Members as patrons of Koha. It has no transactions: between looking and writing lie some milliseconds. */
export function kohaTarget(koha: ReturnType<typeof openKoha>, codes: KohaCodes): LiveSystem {
  return {
    shape: (member: OutgoingMember): Fitted<LiveTexts> => kohaTexts(member, codes),
    async put(wanted, decide): Promise<PutAnswer> {
      let found = wanted.id === null ? null : await koha.read(wanted.id);
      if (found !== null && 'kind' in found) return found;
      if (found === null) {
        const list = await koha.find(wanted.number);
        if ('kind' in list) return list;
        found = list[0] ?? null;
      }
      const row = found === null ? null : rowOf(found);
      const order = decide(row);
      if (order.kind === 'hold') return { kind: 'held', row };
      if (order.kind === 'insert' || row === null) {
        const filled = Object.keys(wanted.values).filter((field) => wanted.values[field] !== '');
        return doneOf(await koha.create(bodyOf(wanted.values, filled)));
      }
      if (order.fields.length === 0) return { kind: 'done', row };
      // What Koha asks for and is not ours to change now goes back as it stands there.
      const values = { ...row.values, ...pick(wanted.values, order.fields) };
      const sent = bodyOf(values, [...new Set([...order.fields, ...REQUIRED])]);
      return doneOf(await koha.change(row.id, sent));
    },
    close: () => Promise.resolve(),
  };
}

function doneOf(answer: KohaPatronThere | Extract<PutAnswer, { kind: 'refused' | 'stop' }>): PutAnswer {
  return 'kind' in answer ? answer : { kind: 'done', row: rowOf(answer) };
}

function rowOf(patron: KohaPatronThere): RowThere {
  const values = Object.fromEntries(
    Object.entries(ATTRIBUTES).map(([field, name]) => {
      const text = String(patron.values[name] ?? '').trim();
      return [field, DATES.has(field) ? text.slice(0, 10) : text];
    }),
  );
  // Staff may have parted the name.
  const first = String(patron.values.firstname ?? '').trim();
  if (first !== '') values.name = `${first} ${values.name ?? ''}`.trim();
  return { id: patron.id, values };
}

function pick(values: LiveTexts, fields: readonly string[]): LiveTexts {
  return Object.fromEntries(
    fields.flatMap((field) => (field in values ? [[field, values[field] ?? '']] : [])),
  );
}

/** An empty place is null there; a name that we write is whole, so the part before it goes. */
function bodyOf(values: LiveTexts, fields: readonly string[]): Readonly<Record<string, string | null>> {
  const body = Object.fromEntries(
    fields.flatMap((field) => {
      const name = ATTRIBUTES[field];
      const text = values[field];
      return name === undefined || text === undefined ? [] : [[name, text === '' ? null : text]];
    }),
  );
  return 'surname' in body ? { ...body, firstname: null } : body;
}
