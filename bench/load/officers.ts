/** Those who work there: the counter with its cases, and the office that looks members up. */
import { whenToLook } from '../../src/islands/live-queue/pace.ts';
import { Broken, type Page } from './browser.ts';
import { type Actor, oneOf } from './crowd.ts';
import { formsOf, pressed } from './forms.ts';
import { fillNewCase } from './registering.ts';

const MOST_STEPS = 14;
/** Signing in costs on purpose; an officer does so once a day. */
const SIGNS_IN_ANEW = 0.004;

/** An officer at the counter: takes who waits and goes through the case as the page leads, by its Enter key. */
export async function counter(actor: Actor): Promise<void> {
  const { browser, library, crowd } = actor;
  const base = `/${library.slug}/loket`;
  if (Math.random() < SIGNS_IN_ANEW) await signIn(actor);
  const queue = await actor.act('queue', 'look', () => browser.look(base));
  await sit(actor, queue);
  const status = crowd.waiting.get(library.slug)?.shift();
  let page: Page;
  if (status !== undefined) {
    const fields = [['kode', `${crowd.web.url.origin}${status}`]] as const;
    page = await actor.act('case_scan', 'write', () => browser.submit({ path: `${base}/pindai`, fields }));
  } else {
    const open = [...queue.text().matchAll(new RegExp(`href="(${base}/[0-9a-f-]{36})"`, 'g'))].map(
      ([, href = '']) => href,
    );
    if (open.length === 0 || Math.random() < 0.3) page = await fillNewCase(actor);
    else page = await actor.act('case_page', 'look', () => browser.look(oneOf(open.slice(0, 60))));
  }
  await work(actor, page);
}

/** Presses what the page says is next, until nothing is. */
async function work(actor: Actor, first: Page): Promise<void> {
  const { browser, library } = actor;
  let page = first;
  for (let step = 0; step < MOST_STEPS; step++) {
    const base = page.path.split('?')[0] ?? '';
    if (!/\/loket\/[0-9a-f-]{36}$/.test(base)) return;
    await pictures(actor, page);
    if (page.path.endsWith('?cetak=1'))
      await actor.act('card_pdf', 'look', () => browser.look(`${base}/kartu.pdf`));
    await sit(actor, page);
    const next = nextOf(page, base);
    if (next === undefined) return;
    const { path, fields, hasFile } = next;
    const file = { name: 'foto', bytes: actor.photo() };
    page = await actor.act(next.action, 'write', () =>
      browser.submit({
        path,
        fields,
        ...(hasFile === true ? { file } : {}),
        ...(next.action === 'case_approve' ? { leaves: { what: 'approvals', to: base } as const } : {}),
      }),
    );
    if (next.action === 'case_hand_over') return await sit(actor, page);
  }
  throw new Broken(`a case of ${library.slug} has no end`);
}

interface Next {
  readonly action: string;
  readonly path: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly hasFile?: true;
}

const ACTIONS: Readonly<Record<string, string>> = {
  ambil: 'case_take',
  identitas: 'case_identity',
  'kros-cek': 'case_cross_check',
  foto: 'case_photo',
  terima: 'case_photo_accept',
  setujui: 'case_approve',
  cetak: 'case_print',
  serahkan: 'case_hand_over',
  persetujuan: 'case_endorse',
};

function nextOf(page: Page, base: string): Next | undefined {
  const forms = formsOf(page.text()).filter(({ path }) => path.startsWith(`${base}/`));
  for (const key of ['Enter', '1'])
    for (const form of forms) {
      const button = form.buttons.find(({ keys }) => keys.split(' ').includes(key));
      const action = ACTIONS[form.path.split('/').at(-1) ?? ''];
      if (button && action !== undefined && action !== 'case_photo')
        return { action, path: form.path, fields: pressed(form, button) };
    }
  const photo = forms.find(({ path }) => path === `${base}/foto`);
  // The camera's picture; where the photo is there already, the page leads on by its own key.
  const asked = /<photo-capture[\s\S]*?aria-keyshortcuts="Enter"/.test(page.text());
  return photo && asked
    ? {
        action: 'case_photo',
        path: photo.path,
        fields: [...photo.hidden, ['sumber', 'webcam']],
        hasFile: true,
      }
    : undefined;
}

/** Photos on the page; drawn codes and crests come from the cache or with the page. */
async function pictures(actor: Actor, page: Page): Promise<void> {
  const { browser, library } = actor;
  const own = new RegExp(`<img\\b[^>]*\\bsrc="(/${library.slug}/(?:loket|anggota)/[^"]+)"`, 'g');
  for (const [, src = ''] of page.text().matchAll(own))
    await actor.act('picture', 'look', () => browser.look(src.replaceAll('&amp;', '&'), 'image/*'));
}

/** Thinks before a page that keeps itself fresh: it hears of changes and fetches itself, as `live-queue` does. */
async function sit(actor: Actor, page: Page): Promise<void> {
  const { browser } = actor;
  const feed = /<live-queue data-feed="([^"]+)"/.exec(page.text())?.[1];
  if (feed === undefined) return await actor.think();
  let timer: NodeJS.Timeout | undefined;
  const left = new AbortController();
  let [lookedAt, tookMs] = [Number.NEGATIVE_INFINITY, 0];
  const refresh = (): void => {
    timer = undefined;
    lookedAt = performance.now();
    actor
      .act('page_refresh', 'refresh', () => browser.lookAgain(page.path, left.signal))
      .then(
        () => {
          tookMs = performance.now() - lookedAt;
        },
        // Told as an error by the next act, if it is one.
        () => undefined,
      );
  };
  const mark = /<live-queue [^>]*data-mark="([^"]+)"/.exec(page.text())?.[1];
  const since = mark === undefined ? '' : `${feed.includes('?') ? '&' : '?'}sejak=${mark}`;
  const close = browser.follow(feed.replaceAll('&amp;', '&') + since, (event) => {
    if (event !== 'change' || timer !== undefined || left.signal.aborted) return;
    timer = setTimeout(refresh, whenToLook({ now: performance.now(), lookedAt, tookMs }));
  });
  try {
    await actor.think();
  } finally {
    left.abort();
    clearTimeout(timer);
    close();
  }
}

async function signIn(actor: Actor): Promise<void> {
  const { browser, library, index } = actor;
  const officer = library.officers[index % library.officers.length];
  const fields = Object.entries({
    perpustakaan: library.slug,
    nama: officer?.username ?? '',
    sandi: library.password,
    kembali: '',
  });
  await actor.act('sign_in', 'write', () => browser.submit({ path: '/masuk', fields }));
  await actor.think();
}

/** The office: finds members by what people say of themselves, opens one, looks at the day's visits. */
export async function office(actor: Actor): Promise<void> {
  const { browser, library } = actor;
  const base = `/${library.slug}/anggota`;
  if (Math.random() < SIGNS_IN_ANEW) await signIn(actor);
  const lot = Math.random();
  if (lot < 0.15) {
    const day = await actor.act('visits_page', 'look', () => browser.look(`/${library.slug}/kunjungan`));
    return await sit(actor, day);
  }
  if (lot < 0.3) {
    await actor.act('member_list', 'look', () => browser.look(base));
    await actor.think();
  }
  const typed = oneOf(library.searches);
  const fields = [['cari', typed]] as const;
  const found = await actor.act('member_search', 'look', () =>
    browser.submit({ path: `${base}/cari`, fields, looksOnly: true }),
  );
  await actor.think();
  const hits = [...found.text().matchAll(new RegExp(`href="(${base}/[0-9a-f-]{36})"`, 'g'))].map(
    ([, href = '']) => href,
  );
  if (hits.length === 0) return;
  const member = await actor.act('member_page', 'look', () => browser.look(oneOf(hits)));
  await pictures(actor, member);
  await actor.think();
}
