/** An id as this service makes them; anything else never reaches the database. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** The version of the case that the page showed; a page without one is not compared. */
export function versionOf(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** When the form was opened, as its page carried it: never in the future, at most a working day ago. */
export function startOf(text: string, now: Date): Date | null {
  const at = new Date(text);
  const age = now.getTime() - at.getTime();
  return Number.isNaN(age) || age < 0 || age > 12 * 3_600_000 ? null : at;
}
