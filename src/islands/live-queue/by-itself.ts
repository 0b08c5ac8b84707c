/** Sent with what a page asks for by itself: the server does not take it for work, so the session ends as if it were not asked. */
export const BY_ITSELF = { 'X-Sendiri': '1' } as const;
