import type { Misfit, OutgoingMember } from '../../domain/exporting/outgoing-member.ts';
import type { openKoha } from './rest.ts';
import { type KohaCodes, kohaPatron } from './write.ts';

/** What became of a member, in the words of the use case that sends. */
type Sent =
  | { readonly kind: 'sent'; readonly notes: readonly Misfit[] }
  | { readonly kind: 'refused'; readonly misfits: readonly Misfit[] }
  | { readonly kind: 'stop'; readonly reason: string };

/** Puts a member into Koha; who does not fit is not asked about. */
export function kohaSender(
  koha: ReturnType<typeof openKoha>,
  codes: KohaCodes,
): (member: OutgoingMember) => Promise<Sent> {
  return async (member) => {
    const patron = kohaPatron(member, codes);
    if (!patron.ok) return { kind: 'refused', misfits: patron.misfits };
    const answer = await koha.put(patron.value);
    if (answer.kind === 'refused' || answer.kind === 'stop') return answer;
    return { kind: 'sent', notes: patron.notes };
  };
}
