import { APPLICATION_STATES } from '../../domain/application.ts';
import { Alert } from '../components/alert.tsx';
import { LinkButton } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { Details } from '../components/details.tsx';
import { EmptyState, Loading } from '../components/empty-state.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import { Steps } from '../components/steps.tsx';
import { StateTag } from '../components/tag.tsx';
import type { Frame } from './frame.ts';

/** Sample of the public page of a library. */
export function ServicePage(props: Frame) {
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
