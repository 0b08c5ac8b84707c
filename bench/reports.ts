/** `npm run bench -- reports`: the pages of the reports with a hundred thousand members, each beside a plain count of its rows. */
import { openReportGround, type ReportTable } from './report-ground.ts';

const PAGES: readonly { readonly name: string; readonly path: string; readonly table: ReportTable }[] = [
  { name: 'members', path: '/anggota', table: 'member_span' },
  { name: 'cases', path: '/permohonan', table: 'application_event' },
  { name: 'visits', path: '/kunjungan', table: 'visit' },
  { name: 'steps', path: '/waktu', table: 'step_time' },
  { name: 'overview', path: '', table: 'member_span' },
  { name: 'month', path: '/bulanan', table: 'member_span' },
];

/**
 * Reads each page one after the other for some seconds, as one head of a library does.
 * @param print name, milliseconds
 */
export async function measureReports(
  service: { readonly url: string; readonly dataDir: string; readonly seconds: number },
  print: (name: string, milliseconds: number) => void,
): Promise<void> {
  const ground = await openReportGround(service.dataDir);
  try {
    for (const { name, path, table } of PAGES) {
      const year = new Date().getFullYear();
      for (const [suffix, period] of [
        ['', lastMonth()],
        ['_year', String(year - 1)],
      ] as const) {
        if (suffix !== '' && (name === 'month' || name === 'overview')) continue;
        const address = `${service.url}/${ground.slug}/laporan${path}?periode=${period}`;
        const taken = await repeat(service.seconds, async () => {
          const began = performance.now();
          const answer = await fetch(address, { headers: { cookie: ground.cookie }, redirect: 'manual' });
          const page = await answer.text();
          if (answer.status !== 200 || !page.includes('<table'))
            throw new Error(`${address}: ${answer.status}`);
          return performance.now() - began;
        });
        print(`report_${name}${suffix}_p95`, p95(taken));
      }
      print(`report_${name}_limit`, p95(await repeat(service.seconds / 2, () => ground.scan(table))));
    }
  } finally {
    await ground.close();
  }
}

/** `YYYY-MM` */
function lastMonth(): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);
}

/** At least five times; the first, which fills caches, is left out. */
async function repeat(seconds: number, once: () => Promise<number>): Promise<readonly number[]> {
  await once();
  const taken: number[] = [];
  const until = performance.now() + seconds * 1_000;
  while (taken.length < 5 || performance.now() < until) taken.push(await once());
  return taken;
}

function p95(taken: readonly number[]): number {
  const sorted = [...taken].sort((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
}
