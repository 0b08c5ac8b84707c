/** A real browser for the journeys: Debian's Chromium, driven by playwright-core; a fresh context per test. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { findProgram } from './programs.ts';

const chromiumPath = findProgram('chromium', 'chromium-browser', 'google-chrome');
if (chromiumPath === undefined) {
  console.log('Chromium is not installed: the journeys in a real browser are left out.');
}

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];

const artefacts = join(import.meta.dirname, '..', '..', 'artefacts', 'screenshots');

/** The devices that people hold: all journeys name one of them. */
export const screens = {
  phone: { width: 360, height: 740 },
  kiosk: { width: 1280, height: 800 },
  desk: { width: 1440, height: 900 },
} as const;

export interface VisitorOptions {
  /** Root of the service, e.g. `http://127.0.0.1:7201`; addresses in `goto` are relative to it. */
  readonly baseURL: string;
  /** Default: phone. */
  readonly screen?: keyof typeof screens;
  /** A finger instead of a mouse. */
  readonly touch?: boolean;
  /** Default: true. The public pages must work with false. */
  readonly javaScript?: boolean;
  readonly darkMode?: boolean;
  /** Default: id-ID. */
  readonly locale?: string;
  /** Messages of the console that this journey provokes on purpose, such as a lost connection. */
  readonly expectedErrors?: readonly RegExp[];
}

export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Keeps a picture of the whole page as `artefacts/screenshots/{name}.png`. */
  shot(name: string): Promise<void>;
}

const withoutJavaScript = new WeakSet<BrowserContext>();

/** A test in the browser; reported as skipped where Chromium is missing. */
export const journey = it.skipIf(chromiumPath === undefined);

/**
 * To be called once at the top of a test file: starts a browser for the file and closes it. `visit` opens a page in a
 * fresh context (own cookies, own storage); after each test all contexts are closed, and the test fails when a page
 * threw an error or wrote one to its console.
 * @param options.videoFile a .y4m or .mjpeg file that the fake camera shows, e.g. a QR code
 */
export function useBrowser(options: { readonly videoFile?: string } = {}): {
  visit(visitor: VisitorOptions): Promise<Visitor>;
} {
  let browser: Browser | undefined;
  const contexts: BrowserContext[] = [];
  const problems: string[] = [];

  beforeAll(async () => {
    if (chromiumPath === undefined) return;
    const video =
      options.videoFile === undefined ? [] : [`--use-file-for-fake-video-capture=${options.videoFile}`];
    browser = await chromium.launch({ executablePath: chromiumPath, args: [...flags, ...video] });
  });

  afterAll(async () => {
    await browser?.close();
  });

  afterEach(async () => {
    const found = problems.splice(0);
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(found, 'errors on the pages of this journey').toEqual([]);
  });

  return {
    async visit(visitor) {
      if (browser === undefined)
        throw new Error('visit() belongs inside a journey, after the browser has started');
      const context = await browser.newContext({
        baseURL: visitor.baseURL,
        viewport: screens[visitor.screen ?? 'phone'],
        hasTouch: visitor.touch ?? false,
        isMobile: visitor.touch ?? false,
        javaScriptEnabled: visitor.javaScript ?? true,
        colorScheme: visitor.darkMode === true ? 'dark' : 'light',
        locale: visitor.locale ?? 'id-ID',
        timezoneId: 'Asia/Jakarta',
        permissions: ['camera'],
        reducedMotion: 'reduce',
        acceptDownloads: true,
      });
      context.setDefaultTimeout(15_000);
      contexts.push(context);
      if (visitor.javaScript === false) withoutJavaScript.add(context);
      context.on('page', (page) => watch(page, problems, visitor.expectedErrors ?? []));
      const page = await context.newPage();
      return { page, context, shot: (name) => takeShot(page, name) };
    },
  };
}

/** A form that is refused answers 4xx, which Chromium logs as an error of the navigation: that one is no fault. */
function watch(page: Page, problems: string[], expected: readonly RegExp[]): void {
  const refused = new Set<string>();
  page.on('response', (response) => {
    if (response.request().isNavigationRequest() && response.status() < 500) refused.add(response.url());
  });
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    if (message.text().startsWith('Failed to load resource') && refused.has(message.location().url)) return;
    if (expected.some((pattern) => pattern.test(message.text()))) return;
    problems.push(`console on ${page.url()}: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => {
    if (!expected.some((pattern) => pattern.test(error.message))) {
      problems.push(`error on ${page.url()}: ${error.message}`);
    }
  });
}

async function takeShot(page: Page, name: string): Promise<void> {
  const path = join(artefacts, `${name}.png`);
  await mkdir(dirname(path), { recursive: true });
  await page.screenshot({ path, fullPage: true, animations: 'disabled' });
}

/** WCAG 2.2 A and AA and axe's best practices: nothing may be found. The message names rule and element. */
export async function expectNoAxeViolations(page: Page): Promise<void> {
  const found = withoutJavaScript.has(page.context())
    ? await onScriptingTwin(page, analyse)
    : await analyse(page);
  expect(found, `axe on ${page.url()}`).toEqual([]);
}

/** Pages that every rule was asked about, by what they are built of. */
const judged = new Set<string>();

/** Rules whose answer depends on the colours: a page that comes again in the dark is asked about these alone. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];
const EVERYTHING = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function analyse(page: Page): Promise<string[]> {
  const built = await page.evaluate(() =>
    [...document.querySelectorAll('*')]
      .map(({ tagName, attributes }) =>
        [
          tagName,
          ...[...attributes].map(({ name, value }) => (name === 'id' ? name : `${name}=${value}`)),
        ].join(' '),
      )
      // Addresses of a test's own person, stylesheets by day and in the dark.
      .map((element) => element.replace(/(?:href|src|action|content|value|for|aria-\w*by|srcset)=\S*/g, ''))
      .join('\n'),
  );
  const axe = new AxeBuilder({ page });
  const { violations } = await (judged.has(built)
    ? axe.withRules(OF_COLOURS)
    : axe.withTags(EVERYTHING)
  ).analyze();
  judged.add(built);
  return violations.flatMap((violation) =>
    violation.nodes.map(
      (node) => `${violation.id}: ${node.target.join(' ')} (${node.failureSummary ?? violation.help})`,
    ),
  );
}

/** axe needs scripts: the page as it stands is shown again in a context that has them, its own scripts left out. */
async function onScriptingTwin<T>(page: Page, look: (twin: Page) => Promise<T>): Promise<T> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('the page has lost its browser');
  const body = await page.content();
  const twin = await browser.newContext({
    storageState: await page.context().storageState(),
    viewport: page.viewportSize(),
    bypassCSP: true,
  });
  try {
    await twin.route('**/*', async (route) => {
      const kind = route.request().resourceType();
      if (kind === 'document') await route.fulfill({ body, contentType: 'text/html; charset=utf-8' });
      else if (kind === 'script') await route.abort();
      else await route.continue();
    });
    const copy = await twin.newPage();
    await copy.goto(page.url());
    return await look(copy);
  } finally {
    await twin.close();
  }
}

/** No page may scroll sideways at any width from 320 px on. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `sideways overflow of ${page.url()} in px`).toBeLessThanOrEqual(0);
}
