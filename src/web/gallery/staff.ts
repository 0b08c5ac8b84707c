/** The bar of the staff pages. */
export const galleryNav = (current: string) =>
  [
    ['/galeri/loket', 'Loket', 'L'],
    ['/galeri/anggota', 'Anggota', 'A'],
    ['/galeri/kantor', 'Laporan', 'R'],
    ['/galeri/pengaturan', 'Pengaturan', 'P'],
  ].map(([href = '', label = '', key = '']) => ({ href, label, key, current: label === current }));

export const OFFICER = { name: 'Petugas Contoh', role: 'Petugas', signOutHref: '/keluar' };
