import type { IncomingField, IncomingMember } from '../../domain/importing/incoming-member.ts';
import { columnsOf, type ForeignDatabase, stateOf } from './connect.ts';

const FIELDS: Readonly<Record<string, IncomingField>> = {
  member_id: 'number',
  member_name: 'name',
  member_email: 'email',
  member_address: 'address_line',
  postal_code: 'address_postcode',
  inst_name: 'institution',
  member_image: 'photo',
  pin: 'identity_number',
  member_phone: 'phone',
  member_since_date: 'member_since',
  expire_date: 'valid_until',
  birth_date: 'birth_date',
};
/** No member's own, or a secret: not even looked at. */
const SILENT =
  /^(?:mpasswd|input_date|last_update|last_login|last_login_ip|is_new|member_type_id|gender|is_pending)$/;
const AT_ONCE = 500;

export async function countSlims(database: ForeignDatabase): Promise<number> {
  return Number((await database.rows('select count(*) as n from member'))[0]?.n ?? 0);
}

/** Another one whenever a member came, went or was changed: what was read before then stands at other places. */
export function stateOfSlims(database: ForeignDatabase): Promise<string> {
  return stateOf(database, 'member', 'member_id', ['last_update', 'input_date']);
}

/** All members in the order of their number, some hundred at a time. */
export async function* slimsMembers(database: ForeignDatabase): AsyncGenerator<IncomingMember> {
  const columns = [...(await columnsOf(database, 'member')).keys()].filter((column) => column !== 'mpasswd');
  const types = new Map(
    (await database.rows('select member_type_id as id, member_type_name as name from mst_member_type')).map(
      ({ id, name }) => [id, name],
    ),
  );
  let row = 0;
  let after = '';
  for (;;) {
    const members = await database.rows(
      `select ${columns.map((column) => `\`${column}\``).join(', ')} from member where member_id > ?
       order by member_id limit ${AT_ONCE}`,
      [after],
    );
    if (members.length === 0) return;
    after = members.at(-1)?.member_id ?? after;
    for (const member of members) {
      const facts: Partial<Record<IncomingField, string>> = {};
      const leftOver: string[] = [];
      for (const column of columns) {
        const value = (member[column] ?? '').trim();
        const field = FIELDS[column];
        if (value === '' || value.startsWith('0000-00-00')) continue;
        if (field !== undefined) facts[field] = value;
        else if (!SILENT.test(column)) leftOver.push(column);
      }
      const type = types.get(member.member_type_id ?? '');
      if (type) facts.member_type = type;
      if (member.gender === '1' || member.gender === '0') facts.sex = member.gender === '1' ? 'L' : 'P';
      if (member.is_pending === '1') facts.status = 'pending';
      row += 1;
      yield { row, facts, leftOver, renewals: [], problems: [] };
    }
  }
}
