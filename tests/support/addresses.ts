/** A route's path as an address of Banyuwangi's; ids that are not put in before belong to nothing. */
export function addressOf(path: string): string {
  return path
    .replace(':library', 'banyuwangi')
    .replace('card-keys/:slug', 'card-keys/banyuwangi')
    .replace(/:file\{.*\}$/, 'anggota.csv')
    .replace(/:token\{[^}]*\}+/, 'abcdefghijklmnopqrstuv')
    .replace(':version', '1')
    .replace(':month', '2026-01')
    .replace(/:[a-z]+(\{[^}]*\})?/g, '01890000-0000-7000-8000-00000000ffff');
}
