import { formatDuration } from '../../i18n/format.ts';
import { Alert } from '../components/alert.tsx';
import { Button } from '../components/button.tsx';
import { RadioGroup, SelectField } from '../components/choice-fields.tsx';
import { Compare } from '../components/definition-list.tsx';
import { KeyHints } from '../components/key-hint.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { StaffLayout } from '../components/staff-layout.tsx';
import { StateTag, Tag } from '../components/tag.tsx';
import { TextField } from '../components/text-field.tsx';
import { Timeline } from '../components/timeline.tsx';
import type { Child } from '../jsx/jsx-runtime.ts';
import type { Frame } from './frame.ts';
import { galleryNav, OFFICER } from './staff.ts';

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

/** Sample of the counter. */
export function DeskPage(props: Frame) {
  const { state } = props.texts;
  return (
    <StaffLayout {...props} title="Loket" nav={galleryNav('Loket')} officer={OFFICER} islands={[]}>
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
