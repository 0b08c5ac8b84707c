import type { Context } from 'hono';
import { type Procedure, type ProcedureStep, sumOfStandards } from '../../domain/procedure.ts';
import { formatDate, formatDuration } from '../../i18n/format.ts';
import type { ServiceTexts } from '../../i18n/id/service.ts';
import type { Lang } from '../../i18n/index.ts';
import { LinkButton } from '../components/button.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import { Tag } from '../components/tag.tsx';
import type { LibraryEnv } from '../env.ts';
import { publicFrame, textsOf } from '../frame.tsx';
import { publicNav } from './nav.ts';

/** `/{library}/sop`: the whole procedure in its official words. */
export function sopPage(c: Context<LibraryEnv>) {
  const library = c.get('library');
  const lang = c.get('lang');
  const words = textsOf(c).service;
  const { procedure } = library;
  return c.html(
    <PublicLayout {...publicFrame(c)} title={words.sop.title} nav={publicNav(c, 'sop')}>
      <PageHeader title={words.sop.title} lead={words.sop.lead}>
        <LinkButton href={`/${library.slug}/sop.pdf`} variant="secondary">
          {words.sop.pdf}
        </LinkButton>
      </PageHeader>
      <div class="dp-stack" data-gap="l">
        <Identity procedure={procedure} lang={lang} words={words} />
        <Lists procedure={procedure} words={words} />
        <section aria-labelledby="langkah" class="dp-stack">
          <h2 id="langkah">{words.sop.table}</h2>
          {procedure.steps.some((step) => step.actorsInferred) && (
            <p class="dp-small dp-muted">{words.sop.inferredNote}</p>
          )}
          <ol class="dp-sop">
            {procedure.steps.map((step) => (
              <StepRow step={step} procedure={procedure} lang={lang} words={words} />
            ))}
          </ol>
          <p>
            {words.time.title}: <strong>{formatDuration(lang, procedure.publishedTotalSeconds)}</strong>.{' '}
            {words.time.sum(formatDuration(lang, sumOfStandards(procedure)))}
          </p>
        </section>
      </div>
    </PublicLayout>,
  );
}

interface Part {
  readonly procedure: Procedure;
  readonly words: ServiceTexts;
  readonly lang: Lang;
}

function Identity({ procedure, words, lang }: Part) {
  const { identity } = procedure;
  const labels = words.sop.identity;
  const official = identity.ratifiedBy;
  const date = (value: string | null) => (value === null ? words.sop.empty : formatDate(lang, value));
  return (
    <DefinitionList
      items={[
        { label: labels.name, value: <span lang="id">{identity.title}</span> },
        {
          label: labels.unit,
          value: (
            <span lang="id">
              {identity.unit}, {identity.government}
            </span>
          ),
        },
        { label: labels.number, value: identity.number || words.sop.empty },
        { label: labels.created, value: date(identity.createdOn) },
        { label: labels.revision, value: identity.revision || words.sop.empty },
        { label: labels.effective, value: date(identity.effectiveOn) },
        {
          label: labels.ratified,
          value: official ? (
            <span lang="id">
              {official.title}
              <br />
              {official.name}
              <br />
              {official.rank}
              <br />
              NIP {official.nip}
            </span>
          ) : (
            words.sop.empty
          ),
        },
      ]}
    />
  );
}

function Lists({ procedure, words }: Omit<Part, 'lang'>) {
  const lists: readonly (readonly [string, readonly string[]])[] = [
    [words.sop.legalBasis, procedure.legalBasis],
    [words.sop.qualifications, procedure.qualifications],
    [words.sop.related, procedure.relatedProcedures],
    [words.sop.equipment, procedure.equipment],
    [words.sop.warning, procedure.warning === '' ? [] : [procedure.warning]],
    [words.sop.records, procedure.records],
  ];
  const filled = lists.filter(([, items]) => items.length > 0);
  if (filled.length === 0) return null;
  return (
    <div class="dp-grid">
      {filled.map(([title, items]) => (
        <section>
          <h2 class="dp-h3">{title}</h2>
          <ul lang="id">
            {items.map((item) => (
              <li>{item}</li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function StepRow({ step, procedure, words, lang }: Part & { readonly step: ProcedureStep }) {
  const actors = step.actors
    .map((actor) => procedure.actorColumns.find((column) => column.actor === actor)?.label)
    .filter((label) => label !== undefined);
  const columns = words.sop.columns;
  const details: readonly (readonly [string, string])[] = [
    [columns.actor, actors.join(', ')],
    [columns.completeness, step.completeness.join(', ')],
    [columns.output, step.output],
    [columns.note, step.note],
    ['→', step.branches.map((branch) => `${branch.label}: ${branch.to}`).join(', ')],
  ];
  return (
    <li value={step.no} data-kind={step.kind}>
      <div class="dp-sop__head">
        <strong lang="id">{step.text}</strong>
        {step.standardSeconds !== null && (
          <span class="dp-nowrap dp-num">{formatDuration(lang, step.standardSeconds)}</span>
        )}
      </div>
      <p class="dp-small dp-muted" lang="id">
        {details
          .filter(([, value]) => value !== '')
          .map(([label, value]) => (label === '→' ? `→ ${value}` : `${label}: ${value}`))
          .join(' · ')}
      </p>
      {step.actorsInferred && <Tag>{words.sop.inferred}</Tag>}
    </li>
  );
}
