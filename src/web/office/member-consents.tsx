import type { Context } from 'hono';
import { may } from '../../domain/permissions.ts';
import { formatDateTime } from '../../i18n/format.ts';
import type { ConsentsView, ConsentView } from '../../usecases/read-consents.ts';
import type { MemberConsent, MemberView } from '../../usecases/read-member.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { CheckboxField, RadioGroup } from '../components/choice-fields.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import type { FieldError } from './member-action-page.tsx';
import type { MemberProps } from './member-page.tsx';
import { type Notice, officePage } from './office-page.tsx';

/** Everything the person agreed to, refused or took back: text, time, channel, and who wrote it down. */
export function ConsentsPanel({ c, member, base }: MemberProps) {
  const { view, consent } = textsOf(c).members;
  if (member.masked) return null;
  const mayRecord = may(c.get('officer')?.roles ?? [], 'application.process') && !member.erased;
  return (
    <section class="dp-panel" aria-labelledby="persetujuan">
      <h2 id="persetujuan">{view.consents}</h2>
      {member.consents.length === 0 && <p class="dp-muted">{view.noConsents}</p>}
      <ConsentRows c={c} consents={member.consents} />
      {mayRecord && (
        <LinkButton href={`${base}/persetujuan`} variant="secondary" fullWidth>
          {consent.record}
        </LinkButton>
      )}
    </section>
  );
}

function ConsentRows(props: {
  readonly c: Context<LibraryEnv>;
  readonly consents: readonly MemberConsent[];
  /** Under a heading that names it already. */
  readonly unnamed?: boolean;
}) {
  const { c, consents } = props;
  const { members, status } = textsOf(c);
  const { view, consent: words } = members;
  const { timezone } = c.get('library').settings.profile;
  const time = (at: Date) => formatDateTime(c.get('lang'), at, timezone);
  return (
    <ul class="dp-bare dp-rows">
      {consents.map((consent) => (
        <li>
          {!props.unnamed && <span>{view.consent[consent.purpose]} </span>}
          {consent.withdrawnAt !== null && consent.given ? (
            <Tag tone="warning">{view.consent.withdrawn(time(consent.withdrawnAt))}</Tag>
          ) : consent.given ? (
            <Tag tone="success" icon="check">
              {view.consent.given}
            </Tag>
          ) : (
            <Tag>{view.consent.refused}</Tag>
          )}
          <span class="dp-small dp-muted">
            {[
              view.consent.recorded(time(consent.recordedAt), consent.textVersion),
              status.consent.channel[consent.channel],
              ...(consent.byGuardian ? [view.consent.byGuardian] : []),
              ...(consent.recordedBy === null ? [] : [words.recordedBy(consent.recordedBy)]),
            ].join(', ')}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What was chosen for one purpose and refused. */
export interface TypedConsent {
  readonly purpose: string;
  readonly channel: string;
  readonly byGuardian: boolean;
}

export interface ConsentPageProps {
  readonly member: MemberView;
  readonly view: ConsentsView;
  readonly typed?: TypedConsent | undefined;
  readonly errors?: readonly FieldError[] | undefined;
  readonly notices?: readonly Notice[] | undefined;
}

/** The optional consents with the text to read out, what stands, and what the person says now. */
export function memberConsentPage(c: Context<LibraryEnv>, props: ConsentPageProps) {
  const { members, common } = textsOf(c);
  const { consent: words, form } = members;
  const { member, view, errors = [] } = props;
  const base = `/${c.get('library').slug}/anggota/${member.id}`;
  return officePage(
    c,
    {
      area: 'members',
      title: errors.length > 0 ? `${common.error.summaryTitle}: ${words.title}` : words.title,
      back: { href: base, label: form.back },
      notices: props.notices,
    },
    <div class="dp-main--narrow dp-stack">
      <PageHeader
        title={words.title}
        eyebrow={`${member.values.name ?? ''} · ${member.number}`}
        lead={words.lead}
      />
      <ErrorSummary title={common.error.summaryTitle} errors={errors} />
      {view.consents.map((one) => (
        <OnePurpose c={c} {...props} one={one} base={base} />
      ))}
    </div>,
  );
}

function OnePurpose(
  props: ConsentPageProps & {
    readonly c: Context<LibraryEnv>;
    readonly one: ConsentView;
    readonly base: string;
  },
) {
  const { c, one, base, member, view, errors = [] } = props;
  const { members, status } = textsOf(c);
  const { consent: words, view: memberWords } = members;
  const { consents } = c.get('library').settings;
  const lang = c.get('lang');
  const text = consents.items.find((item) => item.purpose === one.purpose)?.text[lang];
  const typed = props.typed?.purpose === one.purpose ? props.typed : undefined;
  const said = member.consents.filter((consent) => consent.purpose === one.purpose);
  const guardian = `wali-${one.purpose}`;
  const name = memberWords.consent[one.purpose];
  const given = one.standing === 'given';
  const giving = !given && member.state !== 'ended';
  const tone = given ? 'success' : one.standing === 'withdrawn' ? 'warning' : undefined;
  return (
    <section class="dp-panel dp-stack" data-gap="s" aria-labelledby={`izin-${one.purpose}`}>
      <h2 id={`izin-${one.purpose}`}>
        {name} <Tag tone={tone}>{status.consent.standing[one.standing]}</Tag>
      </h2>
      {text !== undefined && (
        <blockquote class="dp-quote">
          {text}
          <footer class="dp-small dp-muted">{words.textInForce(consents.version)}</footer>
        </blockquote>
      )}
      <form method="post" action={`${base}/persetujuan`} class="dp-stack" data-gap="s" novalidate>
        <input type="hidden" name="tujuan" value={one.purpose} />
        <input type="hidden" name="teks" value={consents.version} />
        {view.child && (
          <CheckboxField
            name="wali"
            id={guardian}
            label={words.guardianSaid}
            checked={typed?.byGuardian ?? false}
            error={errors.find((error) => error.field === guardian)?.text}
            outline={false}
          />
        )}
        <RadioGroup
          name="saluran"
          id={`saluran-${one.purpose}`}
          label={words.how}
          value={typed?.channel === 'paper' ? 'paper' : 'counter'}
          outline={false}
          choices={[
            { value: 'counter', label: words.counter },
            { value: 'paper', label: words.paper },
          ]}
        />
        <div class="dp-row">
          {giving && (
            <Button name="jawaban" value="setuju" attrs={{ 'aria-label': `${words.give}: ${name}` }}>
              {words.give}
            </Button>
          )}
          {(given || one.standing === 'unrecorded') && (
            <Button
              name="jawaban"
              value="tidak"
              variant="secondary"
              tone={given ? 'danger' : undefined}
              attrs={{ 'aria-label': `${given ? words.withdraw : words.refuse}: ${name}` }}
            >
              {given ? words.withdraw : words.refuse}
            </Button>
          )}
        </div>
      </form>
      {said.length > 0 && <ConsentRows c={c} consents={said} unnamed />}
    </section>
  );
}
