import type { Holiday } from '../domain/library-settings.ts';
import type { PlainDate } from '../domain/plain-date.ts';

/**
 * National holidays as the yearly joint decree of three ministers (SKB Tiga Menteri) lists them, without
 * the days of collective leave. Later years are added under Pengaturan when their decree is out.
 */
export const NATIONAL_HOLIDAYS: readonly Holiday[] = [
  holiday('2025-01-01', 'Tahun Baru 2025 Masehi'),
  holiday('2025-01-27', 'Isra Mikraj Nabi Muhammad S.A.W.'),
  holiday('2025-01-29', 'Tahun Baru Imlek 2576 Kongzili'),
  holiday('2025-03-29', 'Hari Suci Nyepi (Tahun Baru Saka 1947)'),
  holiday('2025-03-31', 'Idulfitri 1446 Hijriah'),
  holiday('2025-04-01', 'Idulfitri 1446 Hijriah'),
  holiday('2025-04-18', 'Wafat Yesus Kristus'),
  holiday('2025-04-20', 'Kebangkitan Yesus Kristus (Paskah)'),
  holiday('2025-05-01', 'Hari Buruh Internasional'),
  holiday('2025-05-12', 'Hari Raya Waisak 2569 BE'),
  holiday('2025-05-29', 'Kenaikan Yesus Kristus'),
  holiday('2025-06-01', 'Hari Lahir Pancasila'),
  holiday('2025-06-06', 'Iduladha 1446 Hijriah'),
  holiday('2025-06-27', '1 Muharam Tahun Baru Islam 1447 Hijriah'),
  holiday('2025-08-17', 'Proklamasi Kemerdekaan'),
  holiday('2025-09-05', 'Maulid Nabi Muhammad S.A.W.'),
  holiday('2025-12-25', 'Kelahiran Yesus Kristus'),
  holiday('2026-01-01', 'Tahun Baru 2026 Masehi'),
  holiday('2026-01-16', 'Isra Mikraj Nabi Muhammad S.A.W.'),
  holiday('2026-02-17', 'Tahun Baru Imlek 2577 Kongzili'),
  holiday('2026-03-19', 'Hari Suci Nyepi (Tahun Baru Saka 1948)'),
  holiday('2026-03-21', 'Idulfitri 1447 Hijriah'),
  holiday('2026-03-22', 'Idulfitri 1447 Hijriah'),
  holiday('2026-04-03', 'Wafat Yesus Kristus'),
  holiday('2026-04-05', 'Kebangkitan Yesus Kristus (Paskah)'),
  holiday('2026-05-01', 'Hari Buruh Internasional'),
  holiday('2026-05-14', 'Kenaikan Yesus Kristus'),
  holiday('2026-05-27', 'Iduladha 1447 Hijriah'),
  holiday('2026-05-31', 'Hari Raya Waisak 2570 BE'),
  holiday('2026-06-01', 'Hari Lahir Pancasila'),
  holiday('2026-06-16', '1 Muharam Tahun Baru Islam 1448 Hijriah'),
  holiday('2026-08-17', 'Proklamasi Kemerdekaan'),
  holiday('2026-08-25', 'Maulid Nabi Muhammad S.A.W.'),
  holiday('2026-12-25', 'Kelahiran Yesus Kristus'),
];

function holiday(date: string, name: string): Holiday {
  return { date: date as PlainDate, name };
}
