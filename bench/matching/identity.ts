/** Dates of birth, NIKs, KK numbers, phones and e-mail addresses as their issuers make them. */
import type { Sex } from './names.ts';
import { between, chance, draw, pick, type Rng, weighted } from './random.ts';

/** The day that the generator takes for today: nothing of it depends on when it runs. */
export const THIS_YEAR = 2026;

/** Hands out numbers, none of them twice. */
export interface Registrar {
  /** @param prefix PPRRKK; `birth` ISO */
  nik(prefix: string, birth: string, sex: Sex): string;
  kk(prefix: string): string;
  phone(): string;
}

export function openRegistrar(rng: Rng): Registrar {
  const serials = new Map<string, number>();
  const phones = new Set<string>();
  /** Mostly the next one of that day: serials are small. Some offices begin anew further up. */
  const numbered = (front: string): string => {
    const last = serials.get(front) ?? 0;
    const serial = last + (chance(rng, 0.07) ? between(rng, 2, 40) : 1);
    serials.set(front, serial);
    return front + String(serial).padStart(4, '0');
  };
  return {
    nik: (prefix, birth, sex) => {
      const day = Number(birth.slice(8, 10)) + (sex === 'P' ? 40 : 0);
      return numbered(prefix + String(day).padStart(2, '0') + birth.slice(5, 7) + birth.slice(2, 4));
    },
    kk: (prefix) => {
      const recorded = String(between(rng, 4, 25)).padStart(2, '0');
      const day = String(between(rng, 1, 28)).padStart(2, '0');
      return numbered(prefix + day + String(between(rng, 1, 12)).padStart(2, '0') + recorded);
    },
    phone: () => {
      for (;;) {
        const phone = pick(rng, UNASSIGNED) + String(between(rng, 1_000_000, 99_999_999));
        if (phones.has(phone)) continue;
        phones.add(phone);
        return phone;
      }
    },
  };
}

/** Beginnings of mobile numbers that no network has: nobody's phone rings. */
const UNASSIGNED = ['0810', '0820', '0830', '0840', '0850', '0860', '0870', '0880', '0890'];

/** Days that stand for "some day of that year" in old papers, in parts of a hundred of those born then. */
const STAND_IN_DAYS = [
  { until: 1959, parts: { '01-01': 9, '12-31': 5, '07-01': 3, '08-17': 2.5 } },
  { until: 1979, parts: { '01-01': 3, '12-31': 2.5, '07-01': 1.2, '08-17': 1.2 } },
  { until: 1999, parts: { '01-01': 0.7, '12-31': 0.9, '07-01': 0.4, '08-17': 0.8 } },
  { until: 9999, parts: { '01-01': 0.4, '12-31': 0.4, '07-01': 0.3, '08-17': 0.6 } },
].map(({ until, parts }) => {
  const standIns = Object.entries(parts);
  const rest = 100 - standIns.reduce((sum, [, part]) => sum + part, 0);
  return { until, days: weighted<string>([...standIns, ['', rest]]) };
});

/** ISO date in that year. */
export function birthDateIn(rng: Rng, year: number): string {
  const days = STAND_IN_DAYS.find(({ until }) => year <= until)?.days;
  const standIn = days === undefined ? '' : draw(rng, days);
  return standIn === '' ? isoDate(Date.UTC(year, 0, 1 + Math.floor(rng() * 365))) : `${year}-${standIn}`;
}

export function isoDate(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** Addresses end in `.example`, where no post arrives. */
export function makeEmail(rng: Rng, callName: string, birth: string): string {
  const name = callName.toLowerCase().replaceAll(/[^a-z]/g, '');
  const end = pick(rng, [birth.slice(2, 4), birth.slice(0, 4), String(between(rng, 1, 999)), '']);
  const joint = pick(rng, ['', '.', '_']);
  const more = pick(rng, ['', 'ku', 'aja', 'official', 'new', 'bwi']);
  const host = draw(rng, MAIL_HOSTS);
  return `${name}${more === '' ? '' : joint + more}${end}${between(rng, 10, 99)}@${host}`;
}
const MAIL_HOSTS = weighted<string>([
  ['gmail.example', 88],
  ['yahoo.example', 8],
  ['pelajar.example', 4],
]);
