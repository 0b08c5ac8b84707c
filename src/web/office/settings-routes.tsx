import { type Context, Hono } from 'hono';
import { may } from '../../domain/permissions.ts';
import { readEmblem } from '../../usecases/attach-photo.ts';
import { changeEmblem } from '../../usecases/change-emblem.ts';
import { changeSettings, readSettingsVersion } from '../../usecases/change-setting.ts';
import { todayOf } from '../../usecases/context.ts';
import { anyWebhookStopped } from '../../usecases/read-webhooks.ts';
import type { SettingProblem } from '../../usecases/setting-schemas.ts';
import { codeWays } from '../code-ways.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { type FormBody, readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import type { Child } from '../jsx/jsx-runtime.ts';
import { requireEveryFactor, requireFresh } from '../middleware/fresh.ts';
import { requirePermission } from '../middleware/session.ts';
import { takesFile } from '../middleware/takes-file.ts';
import { lendingNotices } from './exports/lending-notice.tsx';
import { uuidOf } from './input.ts';
import { conflictNotice, type Notice } from './office-page.tsx';
import { ColourPreview, CostsExplained, EmblemForms, NumberExamples } from './settings-extras.tsx';
import { labelKey } from './settings-fields.tsx';
import { sectionPage, settingsIndexPage } from './settings-page.tsx';
import { findSection, SECTIONS, type SectionSpec } from './settings-spec.ts';
import { applyRowButton, readSettings, type Tree, withoutBlanks } from './settings-values.ts';
import { textsNotices, textsState } from './texts-notice.tsx';

/** What deletes data for good, or lets it go to others. */
const ASKS_AGAIN: readonly string[] = ['retensi', 'whatsapp', 'sms'];

/** `/{library}/pengaturan`: the pages that `settings-spec` describes, and the emblem. */
export function settingsRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const change = requirePermission('setting.change');

  // Public: it stands on every page, and in the address is its own name, never another file's.
  app.get('/lambang/:file', async (c) => {
    const file = uuidOf<string>(c.req.param('file'));
    const png = file && (await readEmblem(deps.db, deps, scopeOf(c, deps), file));
    if (!png) return c.notFound();
    return c.body(new Uint8Array(png), 200, {
      'Content-Type': 'image/png',
      'Cache-Control': 'public, max-age=31536000, immutable',
    });
  });

  app.get(
    '/pengaturan',
    requirePermission(
      'setting.change',
      'officer.manage',
      'device.manage',
      'procedure.draft',
      'procedure.check',
      'procedure.sign',
    ),
    async (c) =>
      settingsIndexPage(c, [
        ...savedNotice(c),
        ...(await stoppedNotice(c, deps)),
        ...(await lendingNotices(c, deps)),
        ...(await textsNotices(c, deps)),
      ]),
  );

  for (const section of SECTIONS) {
    app.get(`/pengaturan/${section.slug}`, change, (c) =>
      show(c, deps, section, { notices: savedNotice(c) }),
    );
    // Who must prove more at the door is not decided by a screen left open.
    if (section.slug === 'cara-masuk')
      app.on('POST', `/pengaturan/${section.slug}`, change, requireEveryFactor(deps));
    if (ASKS_AGAIN.includes(section.slug))
      app.on('POST', `/pengaturan/${section.slug}`, change, requireFresh(deps));
    app.post(`/pengaturan/${section.slug}`, change, async (c) => save(c, deps, section, await readForm(c)));
  }

  app.post('/pengaturan/tampilan/lambang', change, takesFile('berkas'), async (c) => {
    const file = (await readForm(c)).file('berkas');
    const { refused } = textsOf(c).card.photo;
    const prepared = file && (await deps.documents.prepareEmblem(new Uint8Array(await file.arrayBuffer())));
    if (!prepared?.ok) {
      c.status(422);
      const section = findSection('tampilan');
      return section
        ? show(c, deps, section, { fileError: refused[prepared?.reason ?? 'empty'] })
        : c.notFound();
    }
    return putEmblem(c, deps, prepared.png);
  });

  app.post('/pengaturan/tampilan/lambang/hapus', change, (c) => putEmblem(c, deps, null));

  return app;
}

async function putEmblem(c: Context<LibraryEnv>, deps: WebDeps, png: Uint8Array | null) {
  const outcome = await changeEmblem(deps.db, deps, scopeOf(c, deps), png);
  if (!outcome.ok) return c.notFound();
  const { slug } = c.get('library');
  deps.libraries.forget(slug);
  return c.redirect(`/${slug}/pengaturan/tampilan?tersimpan=1`, 303);
}

function savedNotice(c: Context<LibraryEnv>): readonly Notice[] {
  const { settings } = textsOf(c).office;
  const what = c.req.query('tersimpan');
  if (what === undefined) return [];
  return [{ tone: 'success', text: what === '0' ? settings.unchanged : settings.saved }];
}

async function save(c: Context<LibraryEnv>, deps: WebDeps, section: SectionSpec, body: FormBody) {
  const typed = readSettings(body, section);
  const version = body.text('versi');
  const button = body.text('aksi');
  if (button !== '') return show(c, deps, section, { tree: applyRowButton(section, typed, button), version });
  const tree = withoutBlanks(section, typed);
  const changes = Object.fromEntries(section.names.map((name) => [name, tree[name]]));
  const outcome = await changeSettings(deps.db, deps, scopeOf(c, deps), { changes, version });
  const { slug } = c.get('library');
  if (outcome.ok) {
    deps.libraries.forget(slug);
    return c.redirect(
      `/${slug}/pengaturan/${section.slug}?tersimpan=${outcome.changed.length > 0 ? 1 : 0}`,
      303,
    );
  }
  switch (outcome.reason) {
    case 'not-allowed':
      return c.notFound();
    case 'changed-meanwhile':
      c.status(409);
      // Without the old version: saving once more from this page is a decision.
      return show(c, deps, section, {
        tree,
        notices: [conflictNotice(c, `/${slug}/pengaturan/${section.slug}`)],
      });
    case 'invalid':
      c.status(422);
      return show(c, deps, section, { tree, version, problems: outcome.problems });
  }
}

interface Shown {
  /** What was typed; without it the settings as they are. */
  readonly tree?: Tree;
  readonly version?: string;
  readonly problems?: readonly SettingProblem[];
  readonly notices?: readonly Notice[];
  readonly fileError?: string;
}

async function show(c: Context<LibraryEnv>, deps: WebDeps, section: SectionSpec, shown: Shown) {
  const scope = scopeOf(c, deps);
  const { settings } = c.get('library');
  const tree: Tree = shown.tree ?? Object.fromEntries(section.names.map((name) => [name, settings[name]]));
  const errors = new Map<string, string>();
  for (const problem of shown.problems ?? []) {
    const field = fieldOf(section, problem.path.join('.'));
    if (!errors.has(field)) errors.set(field, problemText(c, field, problem));
  }
  let extra: Child | null = null;
  if (section.slug === 'nomor-anggota') extra = <NumberExamples c={c} tree={tree} today={todayOf(scope)} />;
  if (section.slug === 'pemeriksaan-silang') extra = <CostsExplained c={c} tree={tree} />;
  if (section.slug === 'tampilan') extra = <ColourPreview c={c} tree={tree} />;
  if (section.slug === 'kartu') {
    const { toDesigns, toDesignsAbout } = textsOf(c).office.cardDesigns;
    extra = (
      <p>
        {toDesignsAbout} <a href={`/${c.get('library').slug}/pengaturan/kartu-desain`}>{toDesigns}</a>
      </p>
    );
  }
  if (section.slug === 'cara-masuk') {
    const { channels, channelsOff } = textsOf(c).code;
    const ways = codeWays(c, deps);
    extra = <p class="dp-muted">{ways === undefined ? channelsOff : channels[ways]}</p>;
  }
  if (section.slug === 'sms') extra = await textsState(c, deps);
  if (section.slug === 'persetujuan')
    extra = (
      <p class="dp-muted">
        {textsOf(c).office.settings.consentVersion(settings.consents.version)}{' '}
        <a href={`/${c.get('library').slug}/teks-persetujuan`}>{textsOf(c).rights.consentTexts.link}</a>
      </p>
    );
  return sectionPage(c, {
    section,
    tree,
    version: shown.version ?? (await readSettingsVersion(deps.db, scope, section.names)),
    errors,
    notices: shown.notices ?? [],
    extra,
    below: section.slug === 'tampilan' ? <EmblemForms c={c} error={shown.fileError} /> : null,
  });
}

/** Says what to do: the limit where there is one, the form of what is asked where it cannot be read. */
function problemText(c: Context<LibraryEnv>, field: string, { code, limit }: SettingProblem): string {
  const { problems, limits, howTo, hours } = textsOf(c).office.settings;
  const ways: Readonly<Record<string, string>> = howTo;
  if (code === 'too_long' && limit !== undefined) return limits.too_long(limit);
  if (code === 'too_small' && limit !== undefined) return limits.too_small(String(limit));
  if (code === 'too_large' && limit !== undefined) return limits.too_large(String(limit));
  const isForm = code === 'format' || code === 'order' || code === 'not_a_number';
  if (isForm && field.startsWith('openingHours.')) return hours.howTo;
  return (isForm ? ways[labelKey(field)] : undefined) ?? problems[code];
}

/** The field a problem belongs to: `memberTypes.2.validity.months` is said at `memberTypes.2.validity`. */
function fieldOf(section: SectionSpec, path: string): string {
  const known = [
    ...section.fields.map((spec) => spec.at),
    ...section.lists.flatMap((list) => [list.at, ...list.columns.map((column) => column.at)]),
  ];
  const patterns = known.map((at) => at.split('.'));
  const parts = path.split('.');
  for (let length = parts.length; length > 0; length--) {
    const head = parts.slice(0, length);
    const found = patterns.some(
      (pattern) =>
        pattern.length === length &&
        pattern.every(
          (part, index) => part === head[index] || (part === '*' && /^\d+$/.test(head[index] ?? '')),
        ),
    );
    if (found) return head.join('.');
  }
  return path;
}

/** A receiver that was stopped by failing waits for somebody who may change it. */
async function stoppedNotice(c: Context<LibraryEnv>, deps: WebDeps): Promise<readonly Notice[]> {
  if (!may(c.get('officer')?.roles ?? [], 'device.manage')) return [];
  if (!(await anyWebhookStopped(deps.db, scopeOf(c, deps)))) return [];
  const { stoppedNotice: text, stoppedLink } = textsOf(c).webhooks;
  return [
    {
      tone: 'warning',
      text: (
        <>
          {text} <a href={`/${c.get('library').slug}/pengaturan/webhook`}>{stoppedLink}</a>
        </>
      ),
    },
  ];
}
