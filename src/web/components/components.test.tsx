import { expect, test } from 'vitest';
import { texts } from '../../i18n/index.ts';
import { Button } from './button.tsx';
import { axisTop, Chart } from './chart.tsx';
import { CheckboxField, RadioGroup } from './choice-fields.tsx';
import { DataTable } from './data-table.tsx';
import { DateField } from './date-field.tsx';
import { Compare } from './definition-list.tsx';
import { emblemInitial } from './emblem.tsx';
import { ErrorSummary } from './error-summary.tsx';
import { pageList } from './pagination.tsx';
import { PublicLayout } from './public-layout.tsx';
import { StaffLayout } from './staff-layout.tsx';
import { Steps } from './steps.tsx';
import { TextField } from './text-field.tsx';

const common = texts('id').common;
const library = { slug: 'contoh', name: 'Perpustakaan Contoh', colour: '#0b5d51' };

test('an error stands at the field, in the summary, and keeps what was typed', () => {
  const field = String(
    <TextField
      name="nik"
      label="NIK"
      value="9901<01"
      description="16 angka"
      error="NIK terdiri atas 16 angka."
      required
    />,
  );
  expect(field).toContain('<label for="nik">');
  expect(field).toContain('value="9901&lt;01"');
  expect(field).toContain('aria-invalid="true"');
  expect(field).toContain('aria-describedby="nik-about nik-error"');
  expect(field).toContain('id="nik-error"');
  // The browser's own bubbles speak the browser's language.
  expect(field).not.toMatch(/ required(=|>| )/);
  const summary = String(<ErrorSummary title="Ada ralat" errors={[{ field: 'nik', text: 'NIK keliru' }]} />);
  expect(summary).toContain('href="#nik"');
  expect(summary).toContain('autofocus');
  expect(String(<ErrorSummary title="Ada ralat" errors={[]} />)).toBe('');
});

test('a date is asked as day, month, year, and comes back as it was typed', () => {
  const html = String(
    <DateField
      name="lahir"
      label="Tanggal lahir"
      value={{ day: '31', month: '2', year: '1990' }}
      labels={{ day: 'Tanggal', month: 'Bulan', year: 'Tahun' }}
      autocomplete="bday"
    />,
  );
  expect([...html.matchAll(/name="([^"]+)"/g)].map(([, name]) => name)).toEqual([
    'lahir.day',
    'lahir.month',
    'lahir.year',
  ]);
  expect(html).toContain('value="31"');
  expect(html).toContain('autocomplete="bday-year"');
});

test('the link of an error lands on the first choice of a group', () => {
  const html = String(
    <RadioGroup
      name="dokumen"
      label="Dokumen"
      value="kia"
      choices={[
        { value: 'ktp', label: 'KTP' },
        { value: 'kia', label: 'KIA' },
      ]}
    />,
  );
  expect(html).toMatch(/id="dokumen"[^>]*value="ktp"/);
  expect(html.match(/checked/g)).toHaveLength(1);
});

test('a consent is not ticked unless the person ticked it', () => {
  expect(String(<CheckboxField name="setuju" label="Saya setuju" />)).not.toContain('checked');
  expect(String(<CheckboxField name="setuju" label="Saya setuju" checked />)).toContain('checked');
});

test('a page has one title, one main part, a skip link, and no inline script or style', () => {
  for (const page of [
    <PublicLayout lang="id" title="Pendaftaran" texts={common} library={library} islands={['form-draft']} />,
    <StaffLayout lang="en" title="Loket" texts={common} library={library} insecureWarning />,
  ]) {
    const html = String(page);
    expect(html).toMatch(/^<!DOCTYPE html><html lang="(id|en)"/);
    expect(html.match(/<main id="isi"/g)).toHaveLength(1);
    expect(html).toContain('href="#isi"');
    expect(html).not.toMatch(/ style="| on[a-z]+="|<style/);
    for (const [script] of html.matchAll(/<script[^>]*>[^<]*<\/script>/g))
      expect(script).toMatch(/src="[^"]+"><\/script>$/);
  }
});

test('the library leads the page, the product is named in the footer only', () => {
  const html = String(<PublicLayout lang="id" title="Pendaftaran" texts={common} library={library} />);
  const [before, footer] = html.split('<footer');
  expect(before).toContain('Perpustakaan Contoh');
  expect(before).not.toContain(common.productName);
  expect(footer).toContain(common.productName);
});

test('a page without islands loads no script at all', () => {
  const html = String(<PublicLayout lang="id" title="Layanan" texts={common} library={library} />);
  expect(html).not.toContain('<script');
});

test('the emblem carries the letter people know the library by', () => {
  expect(emblemInitial('Perpustakaan Kabupaten Banyuwangi')).toBe('B');
  expect(emblemInitial('Perpustakaan Daerah Provinsi Jawa Tengah')).toBe('J');
  expect(emblemInitial('Perpustakaan Umum')).toBe('P');
  expect(emblemInitial('')).toBe('P');
});

test('a step says in words where it stands', () => {
  const html = String(
    <Steps
      labels={{ done: 'selesai', current: 'sedang berjalan', upcoming: 'berikutnya' }}
      steps={[
        { title: 'Formulir', state: 'done' },
        { title: 'Foto', state: 'current' },
      ]}
    />,
  );
  expect(html).toContain('(selesai)');
  expect(html).toMatch(/aria-current="step"/);
});

test('a key on a button is told to screen readers once', () => {
  const html = String(<Button shortcut="F8">Setujui</Button>);
  expect(html).toContain('aria-keyshortcuts="F8"');
  expect(html).toContain('<span aria-hidden="true" class="dp-key"><kbd>F8</kbd></span>');
});

test('an empty table says so instead of showing nothing', () => {
  expect(
    String(
      <DataTable
        caption="Anggota"
        columns={[{ label: 'Nama', cell: () => '' }]}
        rows={[]}
        empty="Belum ada data."
      />,
    ),
  ).toContain('Belum ada data.');
});

test('a difference in a comparison is said in words too', () => {
  const html = String(
    <Compare
      caption="Kros cek"
      fieldLabel="Isian"
      columns={['A', 'B']}
      differsText="berbeda"
      rows={[{ label: 'Nama', values: ['Satu', 'Dua'], differs: [false, true] }]}
    />,
  );
  expect(html.match(/berbeda/g)).toHaveLength(1);
});

test('a chart has its figures as a table beside it, and gaps where nothing was counted', () => {
  const html = String(
    <Chart
      title="Kunjungan"
      kind="line"
      categoryLabel="Bulan"
      categories={['Jan', 'Feb', 'Mar']}
      series={[{ label: 'Orang', values: [10, null, 30] }]}
      format={String}
      tableLabel="Tabel"
      empty="Belum ada data."
    />,
  );
  expect(html).toContain('<td data-align="right" data-label="Orang">30</td>');
  expect(html).toContain('>–</td>');
  expect(html.match(/<path class="dp-chart__line" d="M[^L"]*M[^L"]*"/)).not.toBeNull();
});

test('the axis of a chart ends at a round number that holds the highest value', () => {
  expect([0, 1, 7, 232, 1_234, 48_310].map(axisTop)).toEqual([4, 4, 8, 240, 1_600, 60_000]);
});

test('page numbers show the ends and the neighbours', () => {
  expect(pageList(1, 1)).toEqual([1]);
  expect(pageList(4, 12)).toEqual([1, 2, 3, 4, 5, undefined, 12]);
  expect(pageList(6, 12)).toEqual([1, undefined, 5, 6, 7, undefined, 12]);
});
