/** Those who come: at the kiosk, through the gate, and from home on a phone. */
import { randomBytes } from 'node:crypto';
import { Broken, type Page } from './browser.ts';
import { type Actor, oneOf } from './crowd.ts';
import { formsOf, formTo } from './forms.ts';
import { register } from './registering.ts';

/** At a counter nobody waits behind more people than this: whoever registers beyond it stays at home. */
const LONGEST_QUEUE = 60;

/** One visitor at a kiosk: says who comes and why; some of those who are no members register there. */
export async function kiosk(actor: Actor): Promise<void> {
  const { browser, library } = actor;
  const base = `/${library.slug}/buku-tamu`;
  await actor.act('kiosk_start', 'look', () => browser.look(base));
  await actor.think();
  const lot = Math.random();
  if (lot < 0.7) {
    await actor.act('kiosk_page', 'look', () => browser.look(`${base}/anggota`));
    await actor.think();
    const fields = [['kode', oneOf(library.members)]] as const;
    const purpose = await actor.act('kiosk_number', 'look', () =>
      browser.submit({ path: `${base}/anggota`, fields, looksOnly: true }),
    );
    await actor.think();
    await sign(actor, purpose, []);
  } else if (lot < 0.9) {
    const page = await actor.act('kiosk_page', 'look', () => browser.look(`${base}/tamu`));
    await actor.think();
    await sign(actor, page, []);
    if (lot < 0.8) {
      await actor.think();
      const form = await actor.act('form_page', 'look', () => browser.look(`${base}/daftar`));
      await actor.think();
      await register(actor, form, 'kiosk_register', `${base}/terdaftar`);
    }
  } else {
    const page = await actor.act('kiosk_page', 'look', () => browser.look(`${base}/rombongan`));
    await actor.think();
    const group = {
      pemimpin: 'Rombongan Contoh',
      lembaga: 'Sekolah Contoh',
      jumlah: '12',
      jk_L: '5',
      jk_P: '7',
    };
    await sign(actor, page, Object.entries(group));
  }
  await actor.think();
}

async function sign(actor: Actor, page: Page, more: readonly (readonly [string, string])[]): Promise<void> {
  const { browser, library } = actor;
  const form = formTo(page, `/${library.slug}/buku-tamu`);
  const purpose = form.buttons.find(({ name }) => name === 'tujuan');
  const fields = [
    ...form.hidden,
    ...more,
    ...(purpose ? [['tujuan', purpose.value] as const] : [['tujuan', purposeOf(page)] as const]),
  ];
  const done = await actor.act('kiosk_visit', 'write', () =>
    browser.submit({
      path: form.path,
      fields,
      leaves: { what: 'visits', to: `/${library.slug}/buku-tamu/selesai` },
    }),
  );
  if (!done.path.endsWith('/buku-tamu/selesai')) throw new Broken(`kiosk_visit: led to ${done.path}`);
}

/** Where the purpose is a choice of a list instead of a button. */
function purposeOf(page: Page): string {
  return (
    /name="tujuan"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="tujuan"/
      .exec(page.text())
      ?.slice(1)
      .find(Boolean) ?? ''
  );
}

/** A scan a moment: the gate asks whether the card is good and tells of the visit after that, as its page does. */
export async function gate(actor: Actor): Promise<void> {
  const { browser, library } = actor;
  const base = `/${library.slug}/gerbang`;
  const lot = Math.random();
  if (lot < 0.04) {
    await actor.act('gate_state', 'look', () => browser.look(`${base}/keadaan`, 'application/json'));
    return await actor.think();
  }
  const card = oneOf(library.cards);
  const scan = randomBytes(16).toString('base64url');
  await actor.act('gate_check', 'look', () =>
    browser.submit({
      path: `${base}/periksa`,
      fields: [],
      json: JSON.stringify({ code: card.code, scan }),
      looksOnly: true,
    }),
  );
  const visit = { key: scan, at: Date.now(), card: card.id };
  const page = await actor.act('gate_visit', 'write', () =>
    browser.submit({ path: `${base}/kunjungan`, fields: [], json: JSON.stringify({ visits: [visit] }) }),
  );
  const { outcomes } = JSON.parse(page.text()) as { readonly outcomes?: readonly string[] };
  if (outcomes?.length !== 1) throw new Broken(`gate_visit: ${page.text().slice(0, 80)}`);
  if (outcomes[0] === 'recorded') actor.acknowledge('visits');
  await actor.think();
}

/** Somebody at home: looks, registers, sends a photo, looks at what becomes of it; or shows a card. */
export async function citizen(actor: Actor): Promise<void> {
  const { browser, library, crowd } = actor;
  const { slug } = library;
  await actor.act('service_page', 'look', () => browser.look(`/${slug}`));
  await actor.think();
  if (Math.random() < 0.35) {
    const card = oneOf(library.cards);
    await actor.act('kta_page', 'look', () => browser.look(`/${slug}/kta/${card.kta}`));
    await actor.think();
    await actor.act('verify_page', 'look', () => browser.look(`/k/${card.code}`));
    return await actor.think();
  }
  const form = await actor.act('form_page', 'look', () => browser.look(`/${slug}/daftar`));
  await actor.think();
  for (let n = 0; n < 2; n++) {
    const query = encodeURIComponent(oneOf(library.places));
    await actor.act('village_search', 'look', () =>
      browser.look(`/${slug}/wilayah?q=${query}`, 'application/json'),
    );
    await actor.think(0.4);
  }
  await actor.think();
  const status = await register(actor, form, 'register', `/${slug}/permohonan/`);
  const base = status.path.split('?')[0] ?? '';
  const hears = browser.follow(`${base}/siaran`, () => undefined);
  try {
    await actor.act('status_version', 'refresh', () => browser.look(`${base}/versi`, 'application/json'));
    const queue = crowd.waiting.get(slug);
    const photo = formsOf(status.text()).find(({ path }) => path === `${base}/foto`);
    await actor.think();
    // Every other one: who comes at once has the photo taken at the counter.
    if (photo && Math.random() < 0.5) {
      const file = { name: 'foto-berkas', bytes: actor.photo() };
      await actor.act('photo_upload', 'write', () =>
        browser.submit({ path: photo.path, fields: photo.hidden, file }),
      );
      await actor.think();
    }
    if (queue && queue.length < LONGEST_QUEUE) queue.push(base);
    for (let n = 0; n < 2; n++) {
      await actor.act('status_page', 'look', () => browser.look(base));
      await actor.think();
    }
  } finally {
    hears();
  }
}
