import type { Admission, RefuseReason } from './admission.ts';
import type { ClockState } from './gate-clock.ts';
import type { ScannedCode } from './scanned-code.ts';

/** The server is asked beside the gate's own look; it is waited for no longer than this after the code was seen. */
export const SERVER_PATIENCE_MS = 150;

/** Whether the server can know more of this code. What is no code of this library is not sent to it, a NIK least of all. */
export function asksServer(
  code: ScannedCode,
  library: { readonly id: number; readonly slug: string },
): boolean {
  switch (code.kind) {
    case 'print':
    case 'picture':
    case 'moving':
      return code.claims.library === library.id;
    case 'kta':
      return code.library === library.slug;
    case 'number':
      return true;
    case 'identity_number':
    case 'damaged':
    case 'foreign':
      return false;
  }
}

/** Hang on the time, and mean nothing while the gate's own may be wrong. */
const BY_THE_CLOCK: readonly RefuseReason[] = ['stale', 'early', 'expired', 'certificate_expired'];

/**
 * What the gate says: the server's word where it came in time, else its own. A code that this gate took before is
 * refused whatever the server says, which does not hear of codes that were taken offline.
 * @param own by the gate's list and keys @param live undefined: not asked, or not in time
 */
export function gateVerdict(own: Admission, live: Admission | undefined, clock: ClockState): Admission {
  if (own.verdict === 'refuse' && own.reason === 'replayed') return own;
  if (live) return live;
  if (clock === 'true' || own.card === undefined) return own;
  const doubtful = own.verdict === 'admit' || (own.verdict === 'refuse' && BY_THE_CLOCK.includes(own.reason));
  if (!doubtful) return own;
  const remember = own.verdict === 'admit' ? own.remember : undefined;
  return { verdict: 'look', reason: 'gate_clock', card: own.card, ...(remember ? { remember } : {}) };
}

/** Whether the gate knows too little to speak before the server does: keys come a moment after its page is opened. */
export function knowsTooLittle(own: Admission): boolean {
  return own.verdict === 'refuse' && own.reason === 'unknown_key';
}

/**
 * Whether a later word of the server changes what was said already: only against it. `replayed` too: the server says the
 * same of the same scan however often it is asked, so that another scan took the code first, at another gate.
 */
export function withdraws(said: Admission, late: Admission): boolean {
  return said.verdict !== 'refuse' && late.verdict === 'refuse';
}
