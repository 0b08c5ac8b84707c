/** What the journeys share: a running service on a database of its own, fictional people, officers who sign in. */

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { createTestApp, type TestApp, type TestAppOptions } from '../support/app.ts';
import { useBrowser, type Visitor, type VisitorOptions } from '../support/browser.ts';
import { portrait } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

export type Slug = 'jateng' | 'banyuwangi';

export interface Stage {
  readonly database: () => TestDatabase;
  readonly service: () => TestApp;
  /** A citizen at a page of the service. */
  citizen(path: string, options?: Partial<VisitorOptions>): Promise<Visitor>;
  /** An officer at the counter, signed in, at a page of the library. */
  officer(slug: Slug, username: string, path?: string, options?: Partial<VisitorOptions>): Promise<Visitor>;
}

/** To be called once at the top of a file of journeys. */
export function useStage(options: TestAppOptions = {}): Stage {
  const browser = useBrowser();
  let database: TestDatabase;
  let service: TestApp;
  let listening: { url: string; close(): Promise<void> };
  beforeAll(async () => {
    database = await createTestDatabase();
    service = createTestApp(database, { ...options, time: 'real' });
    listening = await service.listen();
  });
  afterAll(async () => {
    await listening.close();
    await database.drop();
  });
  return {
    database: () => database,
    service: () => service,
    async citizen(path, visitorOptions = {}) {
      const visitor = await browser.visit({ baseURL: listening.url, ...visitorOptions });
      await visitor.page.goto(path);
      return visitor;
    },
    async officer(slug, username, path = '/loket', visitorOptions = {}) {
      const visitor = await browser.visit({ baseURL: listening.url, screen: 'desk', ...visitorOptions });
      const { name, value } = await service.signIn(slug, username);
      await visitor.context.addCookies([{ name, value, url: listening.url }]);
      await visitor.page.goto(`/${slug}${path}`);
      return visitor;
    },
  };
}

export interface Person {
  readonly name: string;
  readonly nik?: string;
  /** `ktp` unless told. */
  readonly document?: 'ktp' | 'kia' | 'ktm' | 'none';
  readonly birth: readonly [day: string, month: string, year: string];
  readonly sex: 'L' | 'P';
  readonly memberType: string;
  readonly institution?: string;
  readonly guardian?: { readonly name: string; readonly relation: string; readonly consents: boolean };
}

export const ADULT: Person = {
  name: 'Siti Contoh Rahmawati',
  nik: '9901015708990001',
  birth: ['17', '8', '1999'],
  sex: 'P',
  memberType: 'UMUM',
};

export const CHILD: Person = {
  name: 'Bagas Contoh',
  nik: '9901011203160002',
  document: 'kia',
  birth: ['12', '3', '2016'],
  sex: 'L',
  memberType: 'ANAK',
  guardian: { name: 'Ibu Contoh', relation: 'mother', consents: false },
};

/** Fills the public form as a person would, from top to bottom; sending it is the journey's. */
export async function fillForm(page: Page, person: Person, script = true): Promise<void> {
  const document = person.document ?? 'ktp';
  await page.check(`[name=document_type][value=${document}]`);
  if (person.nik !== undefined) await page.fill('[name=document_number]', person.nik);
  await page.fill('[name=name]', person.name);
  await page.fill('[name=birth_place]', 'Contoh');
  await page.fill('[name="birth_date.day"]', person.birth[0]);
  await page.fill('[name="birth_date.month"]', person.birth[1]);
  await page.fill('[name="birth_date.year"]', person.birth[2]);
  await page.check(`[name=sex][value=${person.sex}]`);
  await page.fill('[name=address_line]', 'Jl. Contoh No. 1');
  await page.fill('[name="address_village.cari"]', 'Contoh');
  if (script) {
    await page.locator('[role=option]').first().click();
    await expect.poll(() => page.inputValue('[name=address_village]')).toMatch(/^99\./);
  }
  if (person.institution !== undefined) await page.fill('[name=institution]', person.institution);
  await page.check(`[name=member_type][value=${person.memberType}]`);
  if (person.guardian) {
    await page.fill('[name=guardian_name]', person.guardian.name);
    await page.check(`[name=guardian_relation][value=${person.guardian.relation}]`);
    if (person.guardian.consents) await page.check('[name=guardian_consent]');
  }
  await page.check('[name=acknowledged]');
  await page.check('[name=consent_photo_on_card]');
}

/** Sends the form that is on the screen and waits for the status page. */
export async function sendForm(page: Page): Promise<void> {
  await page
    .locator('main form button[type=submit]:visible', { hasText: /Kirim|Send/ })
    .first()
    .click();
  await page.waitForURL(/\/permohonan\//);
}

/** The ticket code that the status page shows, as a scanner types it. */
export async function ticketOn(page: Page): Promise<string> {
  const text = await page.innerText('main');
  const code = /\b[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{4}\b/.exec(text)?.[0];
  expect(code, 'a ticket code on the status page').toBeDefined();
  return (code ?? '').replace('-', '');
}

/**
 * A scanner is a keyboard that types a whole code at once and ends with Enter, wherever the cursor is. The keys are
 * sent from within the page: through the driver a busy machine would type them as slowly as a person.
 */
export async function scan(page: Page, text: string): Promise<void> {
  // A page that is still on its way hears nothing: a person would scan again, a test waits.
  await page.locator('scanner-input:defined').first().waitFor({ state: 'attached' });
  await page.evaluate((code) => {
    const target = document.activeElement ?? document.body;
    for (const key of [...code, 'Enter'])
      target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  }, text);
}

/** Counts what the officer sends from now on: acts, not clicks. */
export function countActs(page: Page): () => number {
  let acts = 0;
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.isNavigationRequest()) acts++;
  });
  return () => acts;
}

/** A drawn face, as a phone's camera sends it. */
export async function photoFile(): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const file = await portrait();
  return { name: file.name, mimeType: file.type, buffer: Buffer.from(await file.arrayBuffer()) };
}

/** Presses Enter and waits until the page it leads to shows this. */
export async function enterUntil(page: Page, shown: string | RegExp): Promise<void> {
  await page.keyboard.press('Enter');
  await page.getByText(shown).first().waitFor();
}

/** Takes the photo with the counter's camera by keys alone. */
export async function takePhoto(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Kamera loket' }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.dp-studio video').evaluate(
    (video: HTMLVideoElement) =>
      new Promise<void>((resolve) => {
        if (video.videoWidth > 0) resolve();
        else video.addEventListener('loadeddata', () => resolve(), { once: true });
      }),
  );
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Pakai foto ini' }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('#langkah-photo[data-state="done"]').waitFor();
}

/** Ways of a journey that begin at home: a form sent, its ticket and the address of its page. */
export async function register(
  stage: Stage,
  slug: Slug,
  person: Person,
): Promise<{ readonly visitor: Visitor; readonly ticket: string; readonly url: string }> {
  const visitor = await stage.citizen(`/${slug}/daftar`);
  await fillForm(visitor.page, person);
  await sendForm(visitor.page);
  return { visitor, ticket: await ticketOn(visitor.page), url: visitor.page.url() };
}

/** Scans a ticket at the counter and waits for the case. */
export async function openCase(page: Page, ticket: string, name: string): Promise<void> {
  await scan(page, ticket);
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

/** Headless Chromium crashes when a PDF is printed: the frame with the PDF is real, only the printing is not. */
export async function stubPrinting(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const real = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, 'contentWindow');
    Object.defineProperty(HTMLIFrameElement.prototype, 'contentWindow', {
      configurable: true,
      get() {
        return {
          focus: () => undefined,
          print: () => {
            Object.assign(window, { printed: true });
            if (real) Object.defineProperty(HTMLIFrameElement.prototype, 'contentWindow', real);
          },
        };
      },
    });
  });
  await page.reload();
}
