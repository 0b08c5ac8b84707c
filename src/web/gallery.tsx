import { Hono } from 'hono';
import type { Child } from 'hono/jsx';
import { APPLICATION_STATES } from '../domain/application.ts';
import { formatDuration, formatNumber } from '../i18n/format.ts';
import { langOf, texts } from '../i18n/index.ts';
import { Alert } from './components/alert.tsx';
import { Button, LinkButton } from './components/button.tsx';
import { Card } from './components/card.tsx';
import { Chart } from './components/chart.tsx';
import {
  CheckboxField,
  CheckboxGroup,
  Fieldset,
  RadioGroup,
  SelectField,
} from './components/choice-fields.tsx';
import { DataTable } from './components/data-table.tsx';
import { DateField } from './components/date-field.tsx';
import { Compare, DefinitionList } from './components/definition-list.tsx';
import { Details } from './components/details.tsx';
import { EmptyState, Loading } from './components/empty-state.tsx';
import { ErrorSummary } from './components/error-summary.tsx';
import { FileField } from './components/file-field.tsx';
import { Icon } from './components/icon.tsx';
import { KeyHints } from './components/key-hint.tsx';
import type { LayoutLibrary } from './components/layout-parts.tsx';
import { PageHeader } from './components/page-header.tsx';
import { Pagination } from './components/pagination.tsx';
import { PublicLayout } from './components/public-layout.tsx';
import { StaffLayout } from './components/staff-layout.tsx';
import { Progress, Steps } from './components/steps.tsx';
import { StateTag, Tag } from './components/tag.tsx';
import { TextArea, TextField } from './components/text-field.tsx';
import { Timeline } from './components/timeline.tsx';

/**
 * Every component as it stands in a page, for the eye and for axe. Mounted by tests and by the demo only; its
 * sentences are samples and therefore stand here and not in i18n.
 */

const LIBRARIES: Record<string, LayoutLibrary> = {
  jateng: {
    slug: 'jateng',
    name: 'Perpustakaan Daerah Provinsi Jawa Tengah',
    parent: 'Dinas Kearsipan dan Perpustakaan',
    greeting: 'Sugeng rawuh',
    colour: '#7a1f2b',
  },
  banyuwangi: {
    slug: 'banyuwangi',
    name: 'Perpustakaan Kabupaten Banyuwangi',
    parent: 'Dinas Perpustakaan dan Kearsipan',
    greeting: 'Sugeng rawuh',
    colour: '#0b5d51',
  },
};

const WHY = {
  question: 'Mengapa ditanyakan?',
  answer:
    'Nomor ini mencegah satu orang terdaftar dua kali. Disimpan terenkripsi dan tidak pernah tercetak pada kartu.',
};
const DATE_LABELS = { day: 'Tanggal', month: 'Bulan', year: 'Tahun' };
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'Mei', 'Jun', 'Jul', 'Agu', 'Sep', 'Okt', 'Nov', 'Des'];

/** The gallery's pages: `/galeri`, `/galeri/formulir`, `/galeri/kios`, `/galeri/loket`, `/galeri/kantor`. */
export function galleryRoutes(): Hono {
  const app = new Hono();
  app.get('/galeri', (c) => c.html(<ServicePage {...frame(c.req.query())} />));
  app.get('/galeri/formulir', (c) => c.html(<FormPage {...frame(c.req.query())} />));
  app.get('/galeri/kios', (c) => c.html(<KioskPage {...frame(c.req.query())} />));
  app.get('/galeri/loket', (c) => c.html(<DeskPage {...frame(c.req.query())} />));
  app.get('/galeri/kantor', (c) => c.html(<OfficePage {...frame(c.req.query())} />));
  return app;
}

type Frame = ReturnType<typeof frame>;

function frame(query: Record<string, string>) {
  const lang = langOf(query.bahasa);
  const known = LIBRARIES[query.pustaka ?? ''] ?? LIBRARIES.banyuwangi;
  const library: LayoutLibrary = {
    ...(known ?? { slug: 'contoh', name: 'Perpustakaan Contoh', colour: '#0b5d51' }),
    ...(query.warna === undefined ? {} : { colour: `#${query.warna}` }),
  };
  return {
    lang,
    texts: texts(lang).common,
    library,
    languages: [
      { lang: 'id' as const, label: 'Bahasa Indonesia', href: '?bahasa=id' },
      { lang: 'en' as const, label: 'English', href: '?bahasa=en' },
    ],
  };
}

function ServicePage(props: Frame) {
  const common = props.texts;
  const hero = (
    <PageHeader
      hero
      eyebrow={props.library.greeting}
      eyebrowLang="jv"
      title="Jadi anggota dalam 19 menit, tanpa biaya"
      lead="Isi formulir dari ponsel Anda, lalu datang ke loket dengan KTP, KIA, atau fotokopi KK. Kartu langsung bisa dipakai hari itu juga."
    >
      <LinkButton href="#daftar">Daftar sekarang</LinkButton>
      <LinkButton href="#kunjungi" variant="secondary">
        Datang ke loket
      </LinkButton>
    </PageHeader>
  );
  return (
    <PublicLayout
      {...props}
      title={props.library.name}
      hero={hero}
      nav={[
        { href: '/galeri', label: 'Layanan', current: true },
        { href: '/galeri/formulir', label: 'Daftar' },
        { href: '#pengaduan', label: 'Pengaduan' },
      ]}
      insecureWarning
    >
      <div class="dp-stack" data-gap="l">
        <section class="dp-stack" aria-labelledby="syarat">
          <h2 id="syarat">Yang perlu Anda siapkan</h2>
          <div class="dp-grid">
            <Card title="Satu dokumen" level={3}>
              <p>KTP, KIA, atau fotokopi KK. Salah satu saja cukup, dan langsung dikembalikan.</p>
            </Card>
            <Card title="Pas foto" level={3}>
              <p>Boleh difoto dengan ponsel Anda, boleh juga di loket.</p>
            </Card>
            <Card title="Tanpa biaya" level={3} tinted>
              <p>Pendaftaran dan kartu tidak dipungut biaya.</p>
            </Card>
          </div>
        </section>
        <section class="dp-stack" aria-labelledby="tata">
          <h2 id="tata">Bagaimana caranya</h2>
          <Steps
            plain
            labels={{ done: 'selesai', current: 'sedang berjalan', upcoming: 'berikutnya' }}
            steps={[
              { title: 'Isi buku tamu', state: 'upcoming', meta: '2 menit · Anda' },
              { title: 'Tunjukkan identitas', state: 'upcoming', meta: '3 menit · petugas' },
              { title: 'Isi formulir', state: 'upcoming', meta: '5 menit · Anda atau petugas' },
              { title: 'Data diperiksa', state: 'upcoming', meta: '3 menit · petugas' },
            ]}
          />
        </section>
        <section class="dp-stack" aria-labelledby="tanya">
          <h2 id="tanya">Yang sering ditanyakan</h2>
          <div>
            <Details summary="Bagaimana jika saya tinggal di luar kabupaten?">
              <p>Anda tetap dapat mendaftar. Bawalah surat keterangan domisili, kerja, atau sekolah.</p>
            </Details>
            <Details summary="Anak saya belum punya KIA" open>
              <p>Fotokopi KK cukup. Orang tua atau wali memberi persetujuan dari ponsel atau di loket.</p>
            </Details>
          </div>
        </section>
        <section class="dp-stack" aria-labelledby="pesan">
          <h2 id="pesan">Pesan</h2>
          <Alert title="Loket tutup lebih awal hari ini">
            <p>Kami melayani sampai pukul 14.00 WIB. Pendaftaran dari ponsel tetap buka.</p>
          </Alert>
          <Alert tone="success">Permohonan Anda sudah kami terima.</Alert>
          <Alert tone="warning" title="Tanggal lahir berbeda dengan NIK">
            <p>Itu boleh terjadi. Periksa sekali lagi, lalu lanjutkan.</p>
          </Alert>
          <Alert tone="danger">Berkas terlalu besar: paling besar 15 MB.</Alert>
          <div class="dp-row">
            {APPLICATION_STATES.map((state) => (
              <StateTag state={state} label={common.state[state]} />
            ))}
          </div>
        </section>
        <section class="dp-grid" aria-label="Permohonan">
          <Card title="Nomor antrean Anda" tinted>
            <span class="dp-big">A-037</span>
            <p class="dp-muted">Tunjukkan nomor ini di loket. Kira-kira 12 menit lagi.</p>
          </Card>
          <Card title="Permohonan Anda">
            <Steps
              labels={{ done: 'selesai', current: 'sedang berjalan', upcoming: 'berikutnya' }}
              steps={[
                { title: 'Formulir terkirim', state: 'done', meta: '13 Januari 2025 pukul 09.14 WIB' },
                { title: 'Data diperiksa petugas', state: 'current', meta: 'sekitar 3 menit' },
                { title: 'Kartu diterima', state: 'upcoming' },
              ]}
            />
          </Card>
        </section>
        <EmptyState title="Belum ada permohonan" text="Mulailah dari formulir; hanya perlu sekitar 5 menit.">
          <LinkButton href="/galeri/formulir" variant="secondary">
            Buka formulir
          </LinkButton>
        </EmptyState>
        <Loading text={common.loading} />
      </div>
    </PublicLayout>
  );
}

function FormPage(props: Frame) {
  const common = props.texts;
  return (
    <PublicLayout {...props} title="Pendaftaran anggota" narrow islands={[]} noindex>
      <PageHeader title="Data diri" lead="Isi sesuai dokumen yang Anda bawa." />
      <Progress
        step={2}
        total={4}
        text={common.progress.stepOf(2, 4)}
        title="Data diri"
        remaining="sekitar 3 menit lagi"
        label={common.progress.label}
      />
      <form method="post" action="#" class="dp-stack" novalidate>
        <ErrorSummary
          title={common.error.summaryTitle}
          intro={common.error.summaryIntro}
          errors={[
            { field: 'nik', text: 'NIK terdiri atas 16 angka; yang diisi 15.' },
            { field: 'lahir', text: common.error.invalidDate },
          ]}
        />
        <RadioGroup
          name="dokumen"
          label="Dokumen yang Anda pakai"
          value="ktp"
          choices={[
            { value: 'ktp', label: 'KTP' },
            { value: 'kia', label: 'KIA', description: 'Untuk anak di bawah 17 tahun' },
            { value: 'kk', label: 'Fotokopi KK' },
          ]}
          required
        />
        <TextField
          name="nik"
          label="NIK"
          description="16 angka, tertulis pada KTP atau KK"
          value="990101450790012"
          inputmode="numeric"
          width="16"
          code
          required
          error="NIK terdiri atas 16 angka; yang diisi 15."
          why={WHY}
        />
        <TextField
          name="nama"
          label="Nama lengkap"
          description="Satu kata pun boleh. Tulis seperti pada dokumen."
          value="Contoh Warga"
          autocomplete="name"
          required
        />
        <DateField
          name="lahir"
          label="Tanggal lahir"
          value={{ day: '31', month: '2', year: '1990' }}
          labels={DATE_LABELS}
          error={common.error.invalidDate}
          required
          autocomplete="bday"
        />
        <TextField
          name="telepon"
          label="Nomor ponsel"
          optional={common.field.optional}
          type="tel"
          inputmode="tel"
          warning="Nomor ini lebih pendek dari biasanya."
          value="0812"
          width="16"
        />
        <SelectField
          name="pendidikan"
          label="Pendidikan"
          optional={common.field.optional}
          placeholder={common.field.choose}
          choices={[
            { value: 'sma', label: 'SMA/SMK' },
            { value: 's1', label: 'Sarjana' },
          ]}
        />
        <TextArea name="alamat" label="Alamat sekarang" value="Jl. Contoh No. 1" required />
        <FileField
          name="foto"
          label="Pas foto"
          description="JPG, PNG, atau HEIC, paling besar 15 MB"
          accept="image/*"
          capture="user"
          optional={common.field.optional}
        />
        <Fieldset
          legend="Persetujuan"
          description="Menolak salah satunya tidak menghalangi pendaftaran."
          title
        >
          <CheckboxField name="tahu" label="Saya sudah membaca bagaimana data saya dipakai" checked />
          <CheckboxField
            name="pesan"
            label="Kirimi saya pesan"
            description="Melalui WhatsApp, SMS, atau surel; hanya tentang keanggotaan"
          />
        </Fieldset>
        <CheckboxGroup
          name="minat"
          label="Layanan yang Anda minati"
          outline={false}
          values={['baca']}
          choices={[
            { value: 'baca', label: 'Baca di tempat' },
            { value: 'pinjam', label: 'Peminjaman' },
          ]}
        />
        <DefinitionList
          items={[
            { label: 'Nama', value: 'Contoh Warga', action: { href: '#nama', label: 'Ubah' } },
            {
              label: 'Tanggal lahir',
              value: '17 Agustus 1990',
              action: { href: '#lahir', label: 'Ubah' },
            },
            { label: 'Surel', value: <span class="dp-muted">{common.field.notFilled}</span> },
          ]}
        />
        <div class="dp-actions">
          <Button>{common.action.continue}</Button>
          <Button variant="secondary">Lanjutkan di loket</Button>
          <LinkButton href="/galeri" variant="tertiary">
            {common.action.back}
          </LinkButton>
        </div>
      </form>
    </PublicLayout>
  );
}

function KioskPage(props: Frame) {
  const tile = (icon: Parameters<typeof Icon>[0]['name'], title: string, about: string, main = false) => (
    <button class="dp-tile" type="button" data-main={main ? '' : undefined}>
      <Icon name={icon} />
      <strong>{title}</strong>
      <span>{about}</span>
    </button>
  );
  return (
    <PublicLayout {...props} title="Buku tamu" kiosk>
      <PageHeader
        eyebrow={props.library.greeting}
        eyebrowLang="jv"
        title="Selamat datang"
        lead="Siapa yang berkunjung hari ini?"
      />
      <div class="dp-tiles">
        {tile('card', 'Anggota', 'Pindai kartu atau ketik nomor', true)}
        {tile('person', 'Non Anggota', 'Belum punya kartu')}
        {tile('people', 'Rombongan', 'Sekolah dan kelompok')}
      </div>
    </PublicLayout>
  );
}

const NAV = (current: string) =>
  [
    ['/galeri/loket', 'Loket', 'L'],
    ['/galeri/anggota', 'Anggota', 'A'],
    ['/galeri/kantor', 'Laporan', 'R'],
    ['/galeri/pengaturan', 'Pengaturan', 'P'],
  ].map(([href = '', label = '', key = '']) => ({ href, label, key, current: label === current }));

const OFFICER = { name: 'Petugas Contoh', role: 'Petugas', signOutHref: '/keluar' };

function queueRow(number: string, name: string, waiting: string, tag: Child, current = false) {
  return (
    <li>
      <a class="dp-queue__row" href="#kasus" aria-current={current ? 'true' : undefined}>
        <span class="dp-queue__number">{number}</span>
        <span>
          {name}
          <span class="dp-queue__meta">{waiting}</span>
        </span>
        {tag}
      </a>
    </li>
  );
}

function DeskPage(props: Frame) {
  const { state } = props.texts;
  return (
    <StaffLayout {...props} title="Loket" nav={NAV('Loket')} officer={OFFICER} islands={[]}>
      <PageHeader title="Loket">
        <Button shortcut="N">Kasus baru</Button>
        <Button variant="secondary" shortcut="/">
          Cari
        </Button>
      </PageHeader>
      <div class="dp-panes">
        <section class="dp-panel" aria-labelledby="antrean">
          <div class="dp-panel__head">
            <h2 id="antrean">Antrean</h2>
            <span class="dp-muted dp-small">4 menunggu</span>
          </div>
          <ol class="dp-queue">
            {queueRow(
              'A-037',
              'Contoh Warga',
              '4 menit',
              <StateTag state="in_review" label={state.in_review} />,
              true,
            )}
            {queueRow('A-038', 'Sampel Pemustaka', '6 menit', <Tag tone="warning">Prioritas</Tag>)}
            {queueRow(
              'A-039',
              'Uji Coba Satu',
              '9 menit',
              <StateTag state="submitted" label={state.submitted} />,
            )}
            {queueRow(
              'A-040',
              'Uji Coba Dua',
              '11 menit',
              <StateTag state="needs_correction" label={state.needs_correction} />,
            )}
          </ol>
        </section>
        <section class="dp-panel" id="kasus" aria-labelledby="kasus-judul">
          <div class="dp-panel__head">
            <h2 id="kasus-judul">A-037 · Contoh Warga</h2>
            <StateTag state="in_review" label={state.in_review} />
          </div>
          <Alert tone="warning" title="Mungkin sudah anggota" level={3}>
            <p>Nama dan tanggal lahir sama, nomor ponsel berbeda. Bandingkan sebelum menyetujui.</p>
          </Alert>
          <Compare
            caption="Kros cek"
            fieldLabel="Isian"
            columns={['Permohonan ini', 'Anggota 2024-00131']}
            differsText="berbeda"
            rows={[
              { label: 'Nama', values: ['Contoh Warga', 'Contoh Warga'], differs: [false, false] },
              {
                label: 'Tanggal lahir',
                values: ['17 Agustus 1990', '17 Agustus 1990'],
                differs: [false, false],
              },
              { label: 'Ponsel', values: ['+62 812 0000 0001', '+62 812 0000 0777'], differs: [false, true] },
            ]}
          />
          <form method="post" action="#" class="dp-stack">
            <div class="dp-cols">
              <TextField name="d-nama" label="Nama lengkap" value="Contoh Warga" />
              <TextField name="d-nik" label="NIK" value="9901014507900123" code inputmode="numeric" />
              <TextField name="d-ponsel" label="Ponsel" value="081200000001" />
              <SelectField
                name="d-jenis"
                label="Jenis anggota"
                value="umum"
                choices={[
                  { value: 'umum', label: 'Umum' },
                  { value: 'pelajar', label: 'Pelajar' },
                ]}
              />
              <RadioGroup
                name="d-bentuk"
                label="Dokumen ditunjukkan sebagai"
                outline={false}
                value="asli"
                choices={[
                  { value: 'asli', label: 'Asli' },
                  { value: 'fotokopi', label: 'Fotokopi' },
                  { value: 'ikd', label: 'IKD' },
                ]}
              />
            </div>
            <div class="dp-actions">
              <Button shortcut="F8">Setujui dan cetak</Button>
              <Button variant="secondary" shortcut="F4">
                Minta perbaikan
              </Button>
              <Button variant="secondary" tone="danger" shortcut="F9">
                Tolak
              </Button>
            </div>
          </form>
          <h3>Riwayat</h3>
          <Timeline
            entries={[
              {
                title: 'Formulir dikirim dari ponsel',
                meta: '09.14.02 WIB',
                at: '2025-01-13T02:14:02Z',
                tone: 'accent',
              },
              {
                title: 'Identitas dilihat: KTP asli',
                meta: `${formatDuration('id', 130)} dari standar ${formatDuration('id', 180)}`,
                tone: 'success',
              },
              { title: 'Kros cek', meta: 'sedang berjalan', tone: 'warning' },
            ]}
          />
        </section>
      </div>
      <KeyHints
        hints={[
          { keys: ['J'], label: 'berikutnya' },
          { keys: ['K'], label: 'sebelumnya' },
          { keys: ['Enter'], label: 'ambil kasus' },
          { keys: ['?'], label: 'semua pintasan' },
        ]}
      />
    </StaffLayout>
  );
}

function OfficePage(props: Frame) {
  const common = props.texts;
  const format = (value: number) => formatNumber(props.lang, value);
  const rows = MONTHS.slice(0, 6).map((name, index) => ({
    name,
    baru: 120 + ((index * 37) % 90),
    ulang: 40 + ((index * 17) % 30),
  }));
  return (
    <StaffLayout {...props} title="Laporan" nav={NAV('Laporan')} officer={OFFICER} islands={[]}>
      <PageHeader title="Laporan" lead="Januari sampai Desember 2025">
        <LinkButton href="#csv" variant="secondary">
          <Icon name="download" />
          <span>Unduh XLSX</span>
        </LinkButton>
      </PageHeader>
      <div class="dp-stack">
        <dl class="dp-figures">
          {[
            ['Anggota aktif', '12.481'],
            ['Baru tahun ini', '1.902'],
            ['Kunjungan', '48.310'],
            ['Dalam standar', '93,4 %'],
          ].map(([label, value]) => (
            <div class="dp-figure">
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <div class="dp-charts">
          <Chart
            title="Anggota baru dan perpanjangan per bulan"
            kind="bar"
            categoryLabel="Bulan"
            categories={MONTHS}
            series={[
              { label: 'Baru', values: [132, 118, 160, 171, 149, 90, 210, 232, 188, 165, 150, 137] },
              { label: 'Diperpanjang', values: [40, 52, 61, 48, 55, 30, 72, 80, 66, 58, 49, 44] },
            ]}
            format={format}
            tableLabel={common.chart.showTable}
            empty={common.table.empty}
          />
          <Chart
            title="Waktu layanan, median per bulan"
            kind="line"
            categoryLabel="Bulan"
            categories={MONTHS}
            series={[
              {
                label: 'Menit',
                values: [15.2, 14.1, 13.8, null, 12.9, 12.2, 12.4, 11.8, 12, 11.5, 11.9, 11.2],
              },
            ]}
            standard={{ value: 14, label: 'Standar 14 menit' }}
            format={format}
            tableLabel={common.chart.showTable}
            empty={common.table.empty}
          />
        </div>
        <DataTable
          caption="Anggota per bulan"
          stack
          rows={rows}
          empty={common.table.empty}
          columns={[
            { label: 'Bulan', rowHeader: true, cell: (row) => row.name, footer: common.table.total },
            {
              label: 'Baru',
              align: 'right',
              cell: (row) => format(row.baru),
              footer: format(rows.reduce((sum, row) => sum + row.baru, 0)),
            },
            {
              label: 'Diperpanjang',
              align: 'right',
              cell: (row) => format(row.ulang),
              footer: format(rows.reduce((sum, row) => sum + row.ulang, 0)),
            },
          ]}
        />
        <Pagination
          page={4}
          pages={12}
          href={(page) => `?hlm=${page}`}
          range={common.pagination.range('61', '80', '231')}
          labels={common.pagination}
        />
        <DataTable
          caption="Kartu belum tercetak"
          rows={[]}
          empty={common.table.empty}
          columns={[{ label: 'Nama', cell: () => '' }]}
        />
      </div>
    </StaffLayout>
  );
}
