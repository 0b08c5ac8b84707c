/** `--pages`: what one page costs in processor time, one kind after the other; where to look when the load takes too much. */
import { cpuOf, type Service } from '../service.ts';
import { type Browser, type Net, openBrowser, type Page } from './browser.ts';
import type { LibraryGround } from './crowd.ts';
import { registerBefore } from './registering.ts';
import type { Print } from './report.ts';
import { newTally } from './tally.ts';

const AT_ONCE = 8;
/** Before a page is measured it is asked for so long: compiled, prepared, remembered. */
const WARM_SECONDS = 2;

interface Given {
  readonly service: Service;
  readonly dataDir: string;
  readonly libraries: readonly LibraryGround[];
  /** Of each measure. */
  readonly seconds: number;
  /** Cases in the queue while it is measured. */
  readonly waiting: number;
  /** Names of pages with commas between; `all`. */
  readonly wanted: string;
  readonly firstPerson: number;
  readonly print: Print;
}

/** Prints `page_NAME_app` and `page_NAME_db` in milliseconds of a processor for each request. */
export async function measurePages({ service, dataDir, libraries, seconds, ...given }: Given): Promise<void> {
  const [library] = libraries;
  if (!library) throw new Error('no library to measure');
  const never = new AbortController().signal;
  const web: Net = {
    url: new URL(service.url),
    tally: newTally(),
    phase: () => 'normal',
    stopping: never,
    over: never,
  };
  const people = Array.from({ length: AT_ONCE }, (_, n) => {
    const browser = openBrowser(web, `10.251.0.${n + 1}`);
    browser.setCookie(`sesi-${library.slug}`, library.officers[n]?.session ?? '');
    browser.setCookie(`perangkat-${library.slug}`, library.kiosks[n] ?? '');
    return browser;
  });
  const [first] = people;
  if (!first) throw new Error('nobody asks');
  await fillQueue(web, library, given.waiting, given.firstPerson);
  const pages = await pagesOf(web, first, library);
  const wanted = given.wanted === 'all' ? Object.keys(pages) : given.wanted.split(',');
  for (const name of wanted) {
    const ask = pages[name];
    if (!ask) throw new Error(`there is no page ${name}: ${Object.keys(pages).join(', ')}`);
    await askFor(people, ask, WARM_SECONDS);
    const before = cpuOf(service, dataDir);
    const count = await askFor(people, ask, seconds);
    const after = cpuOf(service, dataDir);
    given.print(`page_${name}_app`, (after.app - before.app) / count, 'ms');
    given.print(`page_${name}_db`, (after.database - before.database) / count, 'ms');
  }
  for (const browser of people) browser.close();
}

type Ask = (browser: Browser, n: number) => Promise<Page>;

async function pagesOf(
  web: Net,
  browser: Browser,
  library: LibraryGround,
): Promise<Readonly<Record<string, Ask>>> {
  const { slug, members, cards, searches, places } = library;
  const of = (list: readonly string[], n: number): string => list[n % list.length] ?? '';
  const links = (page: Page, part: string): readonly string[] =>
    [...page.text().matchAll(new RegExp(`href="(/${slug}/${part}/[0-9a-f-]{36})"`, 'g'))].map(
      ([, href = '']) => href,
    );
  const cases = links(await browser.look(`/${slug}/loket`), 'loket');
  const found = links(await browser.look(`/${slug}/anggota`), 'anggota');
  if (cases.length === 0 || found.length === 0) throw new Error('there is nobody to look at');
  const look =
    (path: string, accept?: string): Ask =>
    (asking) =>
      asking.look(path, accept);
  return {
    nothing: look('/healthz', 'text/plain'),
    service: look(`/${slug}`),
    form: look(`/${slug}/daftar`),
    villages: (asking, n) => asking.look(`/${slug}/wilayah?q=${of(places, n)}`, 'application/json'),
    queue: look(`/${slug}/loket`),
    case: (asking, n) => asking.look(of(cases, n)),
    member: (asking, n) => asking.look(of(found, n)),
    member_list: look(`/${slug}/anggota`),
    member_search: (asking, n) =>
      asking.submit({
        path: `/${slug}/anggota/cari`,
        fields: [['cari', of(searches, n)]],
        looksOnly: true,
      }),
    visits: look(`/${slug}/kunjungan`),
    kiosk_start: look(`/${slug}/buku-tamu`),
    kiosk_number: (asking, n) =>
      asking.submit({
        path: `/${slug}/buku-tamu/anggota`,
        fields: [['kode', of(members, n)]],
        looksOnly: true,
      }),
    kta: (asking, n) => asking.look(`/${slug}/kta/${cards[n % cards.length]?.kta}`),
    // Whoever verifies is counted by address, and each is another person.
    verify: async (_, n) => {
      const other = openBrowser(web, `10.249.${(n >> 8) & 255}.${n & 255}`);
      try {
        return await other.look(`/k/${cards[n % cards.length]?.code}`);
      } finally {
        other.close();
      }
    },
  };
}

/** People who register from home, each from an address of their own. */
async function fillQueue(
  web: Net,
  library: LibraryGround,
  waiting: number,
  firstPerson: number,
): Promise<void> {
  for (let n = 0; n < waiting; n++) {
    const browser = openBrowser(web, `10.250.0.${n + 1}`);
    await registerBefore(browser, library, firstPerson + n);
    browser.close();
  }
}

/** @returns how many were answered */
async function askFor(people: readonly Browser[], ask: Ask, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let count = 0;
  await Promise.all(
    people.map(async (browser) => {
      while (performance.now() < end) {
        const page = await ask(browser, count++);
        if (page.status >= 400) throw new Error(`${page.path} answered ${page.status}`);
      }
    }),
  );
  return count;
}
