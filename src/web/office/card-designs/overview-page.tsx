import type { Context } from 'hono';
import type { CardDesigns } from '../../../domain/card-design.ts';
import { usesOf } from '../../../domain/card-design-edit.ts';
import { CARD_DESIGN_NAMES } from '../../../domain/card-designs.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { SelectField } from '../../components/choice-fields.tsx';
import { Details } from '../../components/details.tsx';
import { ErrorSummary } from '../../components/error-summary.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { type Notice, officePage } from '../office-page.tsx';
import { designName, wordsOf } from './words.ts';

export interface OverviewView {
  readonly designs: CardDesigns;
  readonly version: string;
  readonly notices: readonly Notice[];
  /** By field; `salin.{code}` and `nama.{code}` are the names of copies and of designs. */
  readonly errors: ReadonlyMap<string, string>;
  /** What was typed into those fields. */
  readonly typed: ReadonlyMap<string, string>;
}

export const SAMPLE_FORMS = ['cr80', 'bleed', 'a4'] as const;

/** `/{library}/pengaturan/kartu-desain`: which cards there are, and which are printed for whom. */
export function overviewPage(c: Context<LibraryEnv>, view: OverviewView) {
  const { common, office } = textsOf(c);
  const words = wordsOf(c);
  const { designs, errors } = view;
  const base = `/${c.get('library').slug}/pengaturan/kartu-desain`;
  return officePage(
    c,
    {
      area: 'settings',
      title: errors.size > 0 ? `${common.error.summaryTitle}: ${words.title}` : words.title,
      back: { href: `/${c.get('library').slug}/pengaturan`, label: office.settings.back },
      notices: view.notices,
    },
    <>
      <PageHeader title={words.title} lead={words.lead} />
      <ErrorSummary
        title={common.error.summaryTitle}
        intro={common.error.summaryIntro}
        errors={[...errors].map(([field, text]) => ({ field, text }))}
      />
      <Choice c={c} view={view} />
      <section aria-labelledby="sendiri" class="dp-settings-group">
        <h2 id="sendiri">{words.own}</h2>
        {designs.own.length === 0 && <p class="dp-muted">{words.noOwn}</p>}
        <div class="dp-designs">
          {designs.own.map((own) => (
            <Design c={c} view={view} code={own.code} name={own.name} own />
          ))}
        </div>
      </section>
      <section aria-labelledby="tersedia" class="dp-settings-group">
        <h2 id="tersedia">{words.ready}</h2>
        <div class="dp-designs">
          {CARD_DESIGN_NAMES.map((code) => (
            <Design
              c={c}
              view={view}
              code={code}
              name={words.shipped[code].name}
              about={words.shipped[code].about}
            />
          ))}
        </div>
      </section>
      <p class="dp-small dp-settings-group">
        <a href={base.replace(/kartu-desain$/, 'kartu')}>{words.toRules}</a>
      </p>
    </>,
  );
}

function Choice({ c, view }: { readonly c: Context<LibraryEnv>; readonly view: OverviewView }) {
  const words = wordsOf(c);
  const { designs, errors } = view;
  const library = c.get('library');
  const lang = c.get('lang');
  const choices = [
    ...CARD_DESIGN_NAMES.map((code) => ({ value: code as string, label: words.shipped[code].name })),
    ...designs.own.map(({ code, name }) => ({ value: code, label: name })),
  ];
  return (
    <form
      method="post"
      action={`/${library.slug}/pengaturan/kartu-desain`}
      class="dp-panel dp-stack"
      aria-labelledby="pilihan"
      novalidate
    >
      <input type="hidden" name="versi" value={view.version} />
      <h2 id="pilihan">{words.use.title}</h2>
      <div class="dp-cols">
        <div class="dp-span dp-narrow">
          <SelectField
            name="usual"
            label={words.use.usual}
            description={words.use.usualAbout}
            value={designs.usual}
            error={errors.get('usual')}
            choices={choices}
          />
        </div>
        {library.settings.memberTypes
          .filter((type) => type.active)
          .map((type) => (
            <SelectField
              name={`byType.${type.code}`}
              label={type.name[lang] || type.name.id}
              value={Object.hasOwn(designs.byType, type.code) ? designs.byType[type.code] : ''}
              error={errors.get(`byType.${type.code}`)}
              placeholder={words.use.asUsual}
              choices={choices}
            />
          ))}
      </div>
      <div>
        <Button>{words.use.save}</Button>
      </div>
    </form>
  );
}

function Design(props: {
  readonly c: Context<LibraryEnv>;
  readonly view: OverviewView;
  readonly code: string;
  readonly name: string;
  readonly about?: string;
  readonly own?: boolean;
}) {
  const { c, view, code, name, own } = props;
  const words = wordsOf(c);
  const address = `/${c.get('library').slug}/pengaturan/kartu-desain/${code}`;
  const { usual, types } = usesOf(view.designs, code);
  const version = <input type="hidden" name="versi" value={view.version} />;
  const used = [...(usual ? [words.usedUsual] : []), ...types.map((type) => typeName(c, type))];
  const copy = `salin.${code}`;
  const rename = `nama.${code}`;
  return (
    <article class="dp-panel dp-design" aria-labelledby={`desain-${code}`}>
      <div class="dp-design__sides">
        {(['depan', 'belakang'] as const).map((side) => (
          <img
            src={`${address}/${side}.svg?v=${view.version.slice(0, 8)}`}
            width="856"
            height="540"
            loading="lazy"
            alt={words.sideOf(designName(c, { code, name }), side === 'depan' ? words.front : words.backSide)}
          />
        ))}
      </div>
      <div class="dp-design__about">
        <h3 id={`desain-${code}`}>{name}</h3>
        {props.about && <p class="dp-small dp-muted">{props.about}</p>}
        <p>
          <Tag tone={used.length > 0 ? 'success' : 'neutral'} icon={used.length > 0 ? 'check' : undefined}>
            {used.length > 0 ? words.usedFor(used.join(', ')) : words.unused}
          </Tag>
        </p>
        {own && (
          <LinkButton href={address} variant="secondary" attrs={{ 'aria-label': `${words.edit}: ${name}` }}>
            {words.edit}
          </LinkButton>
        )}
        <Details summary={words.copy} open={view.errors.has(copy)}>
          <form method="post" action={`${address}/salin`} class="dp-stack" data-gap="s" novalidate>
            {version}
            <TextField
              name={copy}
              label={words.name}
              description={words.nameHint}
              value={view.typed.get(copy)}
              error={view.errors.get(copy)}
              autocomplete="off"
            />
            <Button variant="secondary">{words.copyButton}</Button>
          </form>
        </Details>
        <Details summary={words.sample}>
          <ul class="dp-bare dp-rows">
            {SAMPLE_FORMS.map((form) => (
              <li>
                <a href={`${address}/contoh.pdf?tata=${form}`}>{words.samples[form]}</a>
              </li>
            ))}
          </ul>
        </Details>
        {own && (
          <Details summary={words.rename} open={view.errors.has(rename)}>
            <form method="post" action={`${address}/nama`} class="dp-stack" data-gap="s" novalidate>
              {version}
              <TextField
                name={rename}
                label={words.name}
                value={view.typed.get(rename) ?? name}
                error={view.errors.get(rename)}
                autocomplete="off"
              />
              <Button variant="secondary">{words.rename}</Button>
            </form>
          </Details>
        )}
        {own && (
          <Details summary={words.remove}>
            {used.length > 0 ? (
              <p class="dp-small">{words.removeUsed}</p>
            ) : (
              <form method="post" action={`${address}/hapus`} class="dp-stack" data-gap="s">
                {version}
                <p class="dp-small">{words.removeAbout}</p>
                <Button variant="secondary" tone="danger">
                  {words.remove}
                </Button>
              </form>
            )}
          </Details>
        )}
      </div>
    </article>
  );
}

function typeName(c: Context<LibraryEnv>, code: string): string {
  const type = c.get('library').settings.memberTypes.find((one) => one.code === code);
  return type?.name[c.get('lang')] || type?.name.id || code;
}
