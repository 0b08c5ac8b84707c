import { Button, LinkButton } from '../components/button.tsx';
import {
  CheckboxField,
  CheckboxGroup,
  Fieldset,
  RadioGroup,
  SelectField,
} from '../components/choice-fields.tsx';
import { DateField } from '../components/date-field.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { FileField } from '../components/file-field.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import { Progress } from '../components/steps.tsx';
import { TextArea, TextField } from '../components/text-field.tsx';
import type { Frame } from './frame.ts';

const DATE_LABELS = { day: 'Tanggal', month: 'Bulan', year: 'Tahun' };

const WHY = {
  question: 'Mengapa ditanyakan?',
  answer:
    'Nomor ini mencegah satu orang terdaftar dua kali. Disimpan terenkripsi dan tidak pernah tercetak pada kartu.',
};

/** Sample of a form with every kind of field. */
export function FormPage(props: Frame) {
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
            description="Melalui surel; hanya tentang keanggotaan"
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
