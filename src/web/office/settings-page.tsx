import type { Context } from 'hono';
import { WEEKDAYS } from '../../domain/library-settings.ts';
import { may, type Permission } from '../../domain/permissions.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { DataTable } from '../components/data-table.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { Icon, type IconName } from '../components/icon.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import type { Child } from '../jsx/jsx-runtime.ts';
import { type Notice, officePage } from './office-page.tsx';
import { SettingField, SettingRows, type SettingsForm, settingLabel } from './settings-fields.tsx';
import { SECTION_GROUPS, SECTIONS, type SectionSpec } from './settings-spec.ts';
import type { Tree } from './settings-values.ts';

/** `/{library}/pengaturan`: everything a library sets for itself, by what it is about. */
export function settingsIndexPage(c: Context<LibraryEnv>, notices: readonly Notice[]) {
  const { settings } = textsOf(c).office;
  const library = c.get('library');
  const roles = c.get('officer')?.roles ?? [];
  const base = `/${library.slug}/pengaturan`;
  const has = (...any: readonly Permission[]) => any.some((permission) => may(roles, permission));
  const first: readonly (readonly [keyof typeof settings.first, string, IconName, boolean])[] = [
    ['officers', 'petugas', 'people', has('officer.manage')],
    ['devices', 'perangkat', 'phone', has('device.manage')],
    ['keys', 'kunci', 'lock', has('setting.change')],
    ['backups', 'cadangan', 'download', has('setting.change')],
    ['procedures', 'prosedur', 'book', has('procedure.draft', 'procedure.check', 'procedure.sign')],
    ['imports', 'impor', 'people', has('import.run')],
    ['exports', 'ekspor', 'people', has('export.run', 'setting.change')],
    ['lending', 'peminjaman', 'people', has('lending.connect', 'export.run')],
  ];
  const { rights, clients, api, signIn, signOn, webhooks } = textsOf(c);
  const { retention, breach } = rights;
  const duties = [
    { path: 'sambungan', words: clients, shown: has('device.manage') },
    { path: 'kunci-program', words: api.keys, shown: has('device.manage') },
    { path: 'penyedia', words: signOn, shown: has('setting.change') },
    { path: 'webhook', words: webhooks, shown: has('device.manage') },
    { path: 'masuk-layanan', words: signIn.office, shown: has('device.manage') },
    { path: 'retensi/laporan', words: retention, shown: has('setting.change') },
    { path: 'pelanggaran', words: breach, shown: has('breach.record') },
  ].filter(({ shown }) => shown);
  const open = new Set<string>(library.settings.toConfirm);
  return officePage(
    c,
    { area: 'settings', title: settings.title, notices },
    <>
      <PageHeader title={settings.title} lead={settings.lead} />
      <ul class="dp-settings dp-bare">
        {first
          .filter(([, , , shown]) => shown)
          .map(([name, path, icon]) => (
            <li class="dp-setting" data-main="">
              <Icon name={icon} />
              <div>
                <a href={`${base}/${path}`}>{settings.first[name].title}</a>
                <p>{settings.first[name].about}</p>
              </div>
            </li>
          ))}
        {duties.map(({ path, words }) => (
          <li class="dp-setting" data-main="">
            <Icon name="lock" />
            <div>
              <a href={`${base}/${path}`}>{words.title}</a>
              <p>{words.about}</p>
            </div>
          </li>
        ))}
      </ul>
      {has('setting.change') &&
        SECTION_GROUPS.map((group) => (
          <section aria-labelledby={`kelompok-${group}`} class="dp-settings-group">
            <h2 id={`kelompok-${group}`}>{settings.groups[group]}</h2>
            <ul class="dp-settings dp-bare">
              {SECTIONS.filter((section) => section.group === group).map((section) => (
                <li class="dp-setting">
                  <div>
                    <a href={`${base}/${section.slug}`}>{sectionWords(c, section).title}</a>
                    <p>{sectionWords(c, section).about}</p>
                    {section.names.some((name) => open.has(name)) && (
                      <Tag tone="warning" icon="warning">
                        {settings.toConfirm}
                      </Tag>
                    )}
                  </div>
                </li>
              ))}
              {group === 'membership' && (
                <li class="dp-setting">
                  <div>
                    <a href={`${base}/kartu-desain`}>{textsOf(c).office.cardDesigns.title}</a>
                    <p>{textsOf(c).office.cardDesigns.about}</p>
                  </div>
                </li>
              )}
            </ul>
          </section>
        ))}
    </>,
  );
}

export function sectionWords(
  c: Context<LibraryEnv>,
  section: SectionSpec,
): { readonly title: string; readonly about: string } {
  const words: Readonly<Record<string, { title: string; about: string }>> =
    textsOf(c).office.settings.sections;
  return words[section.slug] ?? { title: section.slug, about: '' };
}

export interface SectionView {
  readonly section: SectionSpec;
  readonly tree: Tree;
  readonly version: string;
  readonly errors: ReadonlyMap<string, string>;
  readonly notices: readonly Notice[];
  /** Beside the form: an example, a picture. */
  readonly extra: Child | null;
  /** Below the form, with forms of its own. */
  readonly below: Child | null;
  readonly islands?: readonly string[];
}

/** One section of the settings. */
export function sectionPage(c: Context<LibraryEnv>, view: SectionView) {
  const { common, office } = textsOf(c);
  const { settings } = office;
  const { section, tree, errors } = view;
  const library = c.get('library');
  const base = `/${library.slug}/pengaturan`;
  const { title, about } = sectionWords(c, section);
  const form: SettingsForm = { c, tree, errors };
  const open = section.names.some((name) => library.settings.toConfirm.includes(name));
  return officePage(
    c,
    {
      area: 'settings',
      title: errors.size > 0 ? `${common.error.summaryTitle}: ${title}` : title,
      back: { href: base, label: settings.back },
      notices: [
        ...view.notices,
        ...(open ? [{ tone: 'warning' as const, text: settings.toConfirmAbout }] : []),
      ],
      islands: view.islands,
    },
    <>
      <PageHeader title={title} lead={about} />
      <ErrorSummary
        title={common.error.summaryTitle}
        intro={common.error.summaryIntro}
        errors={[...errors].map(([field, text]) => ({
          field,
          text: `${settingLabel(c, field)}${rowOf(field, settings.row)}: ${text}`,
        }))}
      />
      <form method="post" action={`${base}/${section.slug}`} class="dp-stack" novalidate>
        {/* Enter in a text box presses the first button of a form: this one, not those of a row. */}
        <button type="submit" hidden />
        <input type="hidden" name="versi" value={view.version} />
        {section.slug === 'jam-buka' ? (
          <Hours {...form} section={section} />
        ) : (
          section.fields.length > 0 && (
            <div class="dp-panel">
              <div class="dp-cols" data-wide="">
                {section.fields.map((spec) =>
                  spec.kind === 'hidden' ? (
                    <SettingField {...form} spec={spec} at={spec.at} />
                  ) : (
                    <div class={spec.kind === 'lines' ? 'dp-span' : undefined}>
                      <SettingField {...form} spec={spec} at={spec.at} />
                    </div>
                  ),
                )}
              </div>
            </div>
          )
        )}
        {section.lists.map((list) => (
          <SettingRows {...form} list={list} />
        ))}
        {view.extra}
        <div class="dp-actions dp-sticky">
          <Button shortcut="Alt+S">{common.action.save}</Button>
          <LinkButton href={base} variant="tertiary">
            {common.action.cancel}
          </LinkButton>
        </div>
      </form>
      {view.below}
    </>,
  );
}

function rowOf(field: string, words: (row: number) => string): string {
  const index = /\.(\d+)(?:\.|$)/.exec(field)?.[1];
  return index === undefined ? '' : `, ${words(Number(index) + 1)}`;
}

/** A week as people read it: one row a day, two spans for those who close at noon. */
function Hours(props: SettingsForm & { readonly section: SectionSpec }) {
  const { c } = props;
  const { settings } = textsOf(c).office;
  const cell = (day: string, index: number, end: 'from' | 'until') => {
    const at = `openingHours.${day}.${index}.${end}`;
    const weekday = settings.weekdays[day as (typeof WEEKDAYS)[number]];
    return (
      <SettingField
        {...props}
        spec={{ at, kind: 'time', width: '4' }}
        at={at}
        row={index}
        label={`${weekday}: ${index === 0 ? settings.hours.first : settings.hours.second}, ${settings.hours[end].toLowerCase()}`}
      />
    );
  };
  return (
    <div class="dp-edit-rows dp-hours">
      <DataTable
        caption={settings.hours.caption}
        stack
        rows={[...WEEKDAYS]}
        empty=""
        columns={[
          { label: settings.hours.day, rowHeader: true, cell: (day) => settings.weekdays[day] },
          { label: settings.hours.from, cell: (day) => cell(day, 0, 'from') },
          { label: settings.hours.until, cell: (day) => cell(day, 0, 'until') },
          { label: `${settings.hours.from} (2)`, cell: (day) => cell(day, 1, 'from') },
          { label: `${settings.hours.until} (2)`, cell: (day) => cell(day, 1, 'until') },
        ]}
      />
    </div>
  );
}
