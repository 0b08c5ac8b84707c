import { formatNumber } from '../../i18n/format.ts';
import { LinkButton } from '../components/button.tsx';
import { Chart } from '../components/chart.tsx';
import { DataTable } from '../components/data-table.tsx';
import { Icon } from '../components/icon.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Pagination } from '../components/pagination.tsx';
import { StaffLayout } from '../components/staff-layout.tsx';
import type { Frame } from './frame.ts';
import { galleryNav, OFFICER } from './staff.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'Mei', 'Jun', 'Jul', 'Agu', 'Sep', 'Okt', 'Nov', 'Des'];

/** Sample of the office. */
export function OfficePage(props: Frame) {
  const common = props.texts;
  const format = (value: number) => formatNumber(props.lang, value);
  const rows = MONTHS.slice(0, 6).map((name, index) => ({
    name,
    baru: 120 + ((index * 37) % 90),
    ulang: 40 + ((index * 17) % 30),
  }));
  return (
    <StaffLayout {...props} title="Laporan" nav={galleryNav('Laporan')} officer={OFFICER} islands={[]}>
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
