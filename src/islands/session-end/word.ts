/** What the pages of one library tell each other in a browser; `mark` tells sessions apart, and opens none. */
export type SessionWord =
  | { readonly kind: 'seen'; readonly mark: string; readonly endsAt: number }
  | { readonly kind: 'ended'; readonly mark: string };

/** A page's session: when it ends if nobody works, in milliseconds since 1970; 0 once it was told that it is over. */
export interface PageSession {
  readonly mark: string;
  readonly endsAt: number;
}

/**
 * The session after a word of another page. What that page was told by the server counts, never this page's own span:
 * a session lasts twelve hours at most, however often pages are opened. Another officer's session says nothing of this one.
 */
export function afterWord(session: PageSession, word: SessionWord): PageSession {
  if (word.mark !== session.mark || session.endsAt === 0) return session;
  return { ...session, endsAt: word.kind === 'ended' ? 0 : Math.max(session.endsAt, word.endsAt) };
}
