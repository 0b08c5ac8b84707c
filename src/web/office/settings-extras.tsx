import type { Context } from 'hono';
import { leavesRoomToLook, thresholdsOf } from '../../domain/matching/costs.ts';
import { formatMemberNumber, parseNumberFormat } from '../../domain/member-number.ts';
import { addMonths, type PlainDate } from '../../domain/plain-date.ts';
import { contrast, palette, parseHexColour } from '../../domain/theme.ts';
import { formatNumber, formatPercent } from '../../i18n/format.ts';
import { Alert } from '../components/alert.tsx';
import { Button } from '../components/button.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { Emblem } from '../components/emblem.tsx';
import { FileField } from '../components/file-field.tsx';
import type { LibraryEnv } from '../env.ts';
import { layoutLibrary, textsOf } from '../frame.tsx';
import { type Tree, valueAt } from './settings-values.ts';

/** What numbers the typed pattern would give; problems stand at the field once it is saved or looked at. */
export function NumberExamples(props: {
  readonly c: Context<LibraryEnv>;
  readonly tree: Tree;
  readonly today: PlainDate;
}) {
  const { c, tree, today } = props;
  const { numbers, problems } = textsOf(c).office.settings;
  const pattern = String(valueAt(tree, 'numberFormat.pattern') ?? '');
  const prefix = String(valueAt(tree, 'numberFormat.prefix') ?? '');
  const location =
    c.get('library').settings.servicePoints.find((point) => point.active)?.locationCode || '01';
  const parsed = parseNumberFormat(pattern, prefix);
  const nextYear = `${addMonths(today, 12).slice(0, 4)}-01-02` as PlainDate;
  const example = (date: PlainDate, sequence: number) =>
    parsed.ok ? (
      <span class="dp-code">{formatMemberNumber(parsed.format, { date, sequence, location })}</span>
    ) : (
      '–'
    );
  return (
    <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="contoh">
      <h2 id="contoh">{numbers.title}</h2>
      {parsed.ok ? (
        <DefinitionList
          items={[
            { label: numbers.today, value: example(today, 1) },
            { label: numbers.later, value: example(today, 1234) },
            { label: numbers.nextYear, value: example(nextYear, 1) },
          ]}
        />
      ) : (
        <Alert tone="danger">{(problems as Readonly<Record<string, string>>)[parsed.reason]}</Alert>
      )}
      {parsed.ok &&
        parsed.format.warnings.map((warning) => <Alert tone="warning">{numbers.warnings[warning]}</Alert>)}
      <div>
        <Button variant="secondary" name="aksi" value="lihat">
          {numbers.preview}
        </Button>
      </div>
    </section>
  );
}

/** What follows from the typed costs: from which likeness on an officer looks, and where two seem to be one. */
export function CostsExplained({ c, tree }: { readonly c: Context<LibraryEnv>; readonly tree: Tree }) {
  const { costs: words } = textsOf(c).office.settings;
  const lang = c.get('lang');
  const cost = (name: string) => {
    const value = valueAt(tree, `crossCheck.${name}`);
    return typeof value === 'number' ? value : Number.NaN;
  };
  const costs = { wrongSame: cost('wrongSame'), missed: cost('missed') };
  const { look, same } = thresholdsOf(costs);
  const percent = (share: number) => formatPercent(lang, share, Math.round(share * 1000) % 10 === 0 ? 0 : 1);
  return (
    <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="batas">
      <h2 id="batas">{words.title}</h2>
      <p>{words.about}</p>
      {leavesRoomToLook(costs) ? (
        <DefinitionList
          items={[
            { label: words.sameFrom(percent(same)), value: words.same },
            { label: words.lookFrom(percent(look), percent(same)), value: words.look },
            { label: words.below(percent(look)), value: words.different },
          ]}
        />
      ) : (
        <Alert tone="danger">{words.noRoom}</Alert>
      )}
      <p class="dp-small dp-muted">{words.oneNumber}</p>
      <div>
        <Button variant="secondary" name="aksi" value="lihat">
          {words.preview}
        </Button>
      </div>
    </section>
  );
}

/** The typed colour as buttons and text would show it, by day and in the dark, with the contrast it keeps. */
export function ColourPreview({ c, tree }: { readonly c: Context<LibraryEnv>; readonly tree: Tree }) {
  const { look } = textsOf(c).office.settings;
  const hex = parseHexColour(String(valueAt(tree, 'look.colour') ?? ''));
  return (
    <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="pratinjau">
      <h2 id="pratinjau">{look.preview}</h2>
      {hex && (
        <div class="dp-row">
          {(['light', 'dark'] as const).map((scheme) => (
            <Swatch c={c} hex={hex} scheme={scheme} />
          ))}
        </div>
      )}
      <div>
        <Button variant="secondary" name="aksi" value="lihat">
          {look.previewButton}
        </Button>
      </div>
    </section>
  );
}

/** Drawn as a picture: its colours are not those of this page, and no style may stand in the page. */
function Swatch(props: {
  readonly c: Context<LibraryEnv>;
  readonly hex: string;
  readonly scheme: 'light' | 'dark';
}) {
  const { c, hex, scheme } = props;
  const { look } = textsOf(c).office.settings;
  const accent = palette(hex, 'accent', scheme);
  const neutral = palette(hex, 'neutral', scheme);
  const ratio = Math.min(
    contrast(accent['base-default'], accent['base-contrast-default']),
    contrast(neutral['background-default'], accent['text-subtle']),
  );
  // Large areas are deep in the dark, where the fill of buttons is bright (`--dp-band` in tokens.css).
  const [band, bandInk] =
    scheme === 'light'
      ? [accent['base-default'], accent['base-contrast-default']]
      : [accent['surface-tinted'], accent['text-default']];
  const said = look.contrast(formatNumber(c.get('lang'), ratio, 1));
  return (
    <svg
      class="dp-swatch"
      viewBox="0 0 300 150"
      width="300"
      height="150"
      role="img"
      aria-label={`${look[scheme]}: ${said}`}
    >
      <rect
        width="300"
        height="150"
        rx="10"
        fill={neutral['background-default']}
        stroke={neutral['border-subtle']}
      />
      <path d="M0 10a10 10 0 0 1 10-10h280a10 10 0 0 1 10 10v24H0z" fill={band} />
      <text x="16" y="23" font-size="14" font-weight="600" fill={bandInk}>
        {c.get('library').settings.profile.shortName.slice(0, 30)}
      </text>
      <rect x="16" y="52" width="150" height="34" rx="6" fill={accent['base-default']} />
      <text
        x="91"
        y="74"
        font-size="14"
        font-weight="600"
        text-anchor="middle"
        fill={accent['base-contrast-default']}
      >
        {look.sample}
      </text>
      <text x="16" y="110" font-size="14" fill={accent['text-subtle']} text-decoration="underline">
        {look[scheme]}
      </text>
      <text x="16" y="134" font-size="13" fill={neutral['text-subtle']}>
        {said}
      </text>
    </svg>
  );
}

/** The emblem has forms of its own: a file is no setting that is typed. */
export function EmblemForms(props: { readonly c: Context<LibraryEnv>; readonly error: string | undefined }) {
  const { c, error } = props;
  const { look } = textsOf(c).office.settings;
  const library = layoutLibrary(c.get('library'));
  const action = `/${library.slug}/pengaturan/tampilan/lambang`;
  return (
    <section class="dp-panel dp-stack" aria-labelledby="lambang">
      <h2 id="lambang">{look.emblem}</h2>
      <div class="dp-emblem-now">
        <Emblem name={library.name} url={library.emblemUrl} />
        {library.emblemUrl === undefined && <p class="dp-muted">{look.none}</p>}
      </div>
      <form
        method="post"
        action={action}
        enctype="multipart/form-data"
        class="dp-stack"
        data-gap="s"
        novalidate
      >
        <FileField
          name="berkas"
          label={look.emblemFile}
          description={look.emblemAbout}
          accept="image/png,image/jpeg,image/webp"
          error={error}
        />
        <div>
          <Button variant="secondary">{look.upload}</Button>
        </div>
      </form>
      {library.emblemUrl !== undefined && (
        <form method="post" action={`${action}/hapus`}>
          <Button variant="tertiary" tone="danger">
            {look.remove}
          </Button>
        </form>
      )}
    </section>
  );
}
