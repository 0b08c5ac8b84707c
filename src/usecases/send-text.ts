import type { Phone } from '../domain/ids.ts';

export interface TextMessage {
  /** A mobile number. */
  readonly to: Phone;
  /** At most one segment. */
  readonly text: string;
}

/**
 * Hands one text message over. A code of the refusal, never the number, the text or the gateway's words, goes into the log.
 * `maybeSent`: it may be on its way all the same, and then it counts.
 */
export type SendText = (
  message: TextMessage,
  cut?: AbortSignal,
) => Promise<
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly permanent: boolean; readonly maybeSent: boolean }
>;
