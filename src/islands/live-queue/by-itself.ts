/** Sent with what a page asks for by itself: the server does not take it for work, so the session ends as if it were not asked. */
export const BY_ITSELF = { 'X-Sendiri': '1' } as const;
/** The same of what nobody looks at just now: it lets people go first. */
export const PATIENTLY = { 'X-Sendiri': 'sabar' } as const;
