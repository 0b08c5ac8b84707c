import { Icon } from '../components/icon.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import type { Frame } from './frame.ts';

/** Sample of the kiosk. */
export function KioskPage(props: Frame) {
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
