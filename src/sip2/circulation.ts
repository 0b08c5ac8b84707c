import type { RequestOf } from '../domain/sip2-grammar/message.ts';
import type { Written } from './answer.ts';

/** Requests about items, loans and money. */
export type LendingRequest = RequestOf<'09' | '11' | '15' | '17' | '19' | '29' | '37' | '65'>;

/**
 * Items and loans belong to the lending system: each request is refused as its own answer refuses, with a line for the
 * screen that says so.
 */
export function refuseLending(
  request: LendingRequest,
  told: { readonly date: string; readonly institution: string; readonly words: string },
): Written {
  const { date, institution, words } = told;
  const AA = request.fields.get('AA') ?? '';
  const AB = request.fields.get('AB') ?? '';
  const AF = ['AF', words] as const;
  const loan = [
    ['AO', institution],
    ['AA', AA],
    ['AB', AB],
    // Title and due date are required, and nobody here knows them.
    ['AJ', ''],
    ['AH', ''],
    AF,
  ] as const;
  const refusedLoan = { ok: '0', renewalOk: 'N', magnetic: 'U', desensitize: 'N', date } as const;
  switch (request.id) {
    case '09':
      return {
        id: '10',
        fixed: { ok: '0', resensitize: 'N', magnetic: 'U', alert: 'N', date },
        fields: [['AO', institution], ['AB', AB], ['AQ', ''], AF],
      };
    case '11':
      return { id: '12', fixed: refusedLoan, fields: loan };
    case '15':
      return {
        id: '16',
        fixed: { ok: '0', available: 'N', date },
        fields: [['AO', institution], ['AA', AA], AF],
      };
    case '17':
      return {
        id: '18',
        // Circulation status 01 other, security marker 00 other, fee type 01 other.
        fixed: { circulation: '01', security: '00', feeType: '01', date },
        fields: [['AB', AB], ['AJ', ''], AF],
      };
    case '19':
      return { id: '20', fixed: { ok: '0', date }, fields: [['AB', AB], AF] };
    case '29':
      return { id: '30', fixed: refusedLoan, fields: loan };
    case '37':
      return {
        id: '38',
        fixed: { accepted: 'N', date },
        fields: [['AO', institution], ['AA', AA], AF],
      };
    case '65':
      return {
        id: '66',
        fixed: { ok: '0', renewed: '0000', unrenewed: '0000', date },
        fields: [['AO', institution], AF],
      };
  }
}
