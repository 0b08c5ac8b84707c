/** What a browser sends when a person has filled the registration form; plainly fictional people of province 99. */
import type { TestApp } from './app.ts';

type Fields = Record<string, string>;

/** A grown man with a KTP, living where his document says. NIK, birth date and sex agree. */
export function typedForm(changes: Fields = {}): Fields {
  return {
    document_type: 'ktp',
    document_number: '99.0101 170590 0001',
    name: 'Contoh Pemohon',
    birth_place: 'Sukacontoh',
    'birth_date.day': '17',
    'birth_date.month': '5',
    'birth_date.year': '1990',
    sex: 'L',
    address_line: 'Jalan Contoh 1',
    address_rt: '3',
    address_rw: '12',
    address_village: '99.01.01.2001',
    present_same: 'same',
    phone: '0812 0000 1111',
    member_type: 'UMUM',
    acknowledged: '1',
    ...changes,
  };
}

/** A pupil of twelve with a KIA (on the still clock of 2026), guardian named, consent not given yet. */
export function typedChild(changes: Fields = {}): Fields {
  return typedForm({
    document_type: 'kia',
    document_number: '9901015705140001',
    name: 'Contoh Anak',
    'birth_date.day': '17',
    'birth_date.month': '5',
    'birth_date.year': '2014',
    sex: 'P',
    member_type: 'PELAJAR',
    guardian_name: 'Contoh Wali',
    guardian_relation: 'mother',
    guardian_phone: '081200002222',
    ...changes,
  });
}

/** Hidden fields of a form page, by name. */
export function hiddenFields(html: string): Fields {
  const found: Fields = {};
  for (const [tag] of html.matchAll(/<input type="hidden"[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1];
    if (name !== undefined) found[name] = /value="([^"]*)"/.exec(tag)?.[1] ?? '';
  }
  return found;
}

/** Opens the form and sends it filled; the address of the status page, or the page that refused. */
export async function sendForm(
  app: TestApp,
  slug: string,
  fields: Fields,
): Promise<{ readonly answer: Response; readonly status: string }> {
  const page = await app.request(`/${slug}/daftar`);
  const answer = await app.post(`/${slug}/daftar`, { ...hiddenFields(await page.text()), ...fields });
  return { answer, status: answer.headers.get('location') ?? '' };
}
