import type { Context } from 'hono';
import { ROLES } from '../../domain/permissions.ts';
import { plainDateIn } from '../../domain/plain-date.ts';
import { formatShortDate, formatShortDateTime } from '../../i18n/format.ts';
import { DELEGABLE } from '../../usecases/delegate.ts';
import type { Delegation, ListedOfficer } from '../../usecases/list-officers.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { CheckboxGroup, RadioGroup, SelectField } from '../components/choice-fields.tsx';
import { DataTable } from '../components/data-table.tsx';
import { DateField } from '../components/date-field.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import { TextField } from '../components/text-field.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { dateLabels, type FieldError } from './member-action-page.tsx';
import { type Notice, officePage } from './office-page.tsx';

export interface TypedOfficer {
  readonly username: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly servicePointId: string;
}

export const EMPTY_OFFICER: TypedOfficer = { username: '', name: '', roles: [], servicePointId: '' };

/** All accounts with roles, and when each was last used. */
export function officersPage(
  c: Context<LibraryEnv>,
  officers: readonly ListedOfficer[],
  now: Date,
  notices: readonly Notice[],
) {
  const { office } = textsOf(c);
  const { officers: text, settings } = office;
  const lang = c.get('lang');
  const library = c.get('library');
  const base = `/${library.slug}/pengaturan`;
  const { timezone } = library.settings.profile;
  const today = plainDateIn(timezone, now);
  const acting = (officer: ListedOfficer) =>
    officer.delegations.filter((one) => one.from <= today && one.until >= today);
  return officePage(
    c,
    { area: 'settings', title: text.title, back: { href: base, label: settings.back }, notices },
    <>
      <PageHeader title={text.title} lead={text.lead}>
        <LinkButton href={`/${library.slug}/sesi`} variant="secondary">
          {office.sessions.title}
        </LinkButton>
        <LinkButton href={`${base}/petugas/baru`}>{text.add}</LinkButton>
      </PageHeader>
      <DataTable<ListedOfficer>
        caption={text.title}
        hiddenCaption
        rows={officers}
        empty=""
        stack
        columns={[
          {
            label: text.name,
            rowHeader: true,
            cell: (officer) => <a href={`${base}/petugas/${officer.id}`}>{officer.name}</a>,
          },
          { label: text.username, cell: (officer) => <span class="dp-code">{officer.username}</span> },
          {
            label: text.roles,
            cell: (officer) => (
              <>
                {officer.roles.map((role) => library.settings.roleNames[role][lang]).join(', ')}
                {acting(officer).map((one) => (
                  <>
                    {' '}
                    <Tag tone="info">
                      {text.delegation.kinds[one.kind]} {library.settings.roleNames[one.role][lang]}
                    </Tag>
                  </>
                ))}
              </>
            ),
          },
          {
            label: text.state,
            cell: (officer) =>
              !officer.active ? (
                <Tag tone="neutral">{text.closed}</Tag>
              ) : officer.mustChangePassword ? (
                <Tag tone="warning">{text.firstPassword}</Tag>
              ) : (
                <Tag tone="success">{text.open}</Tag>
              ),
          },
          {
            label: text.lastSeen,
            cell: (officer) =>
              officer.lastSeenAt === null ? '–' : formatShortDateTime(lang, officer.lastSeenAt, timezone),
          },
        ]}
      />
    </>,
  );
}

/** The generated password, once. */
export function passwordShownPage(
  c: Context<LibraryEnv>,
  props: { readonly name: string; readonly username: string; readonly password: string },
) {
  const { officers: text } = textsOf(c).office;
  return officePage(
    c,
    {
      area: 'settings',
      title: text.password.title,
      back: { href: `/${c.get('library').slug}/pengaturan/petugas`, label: text.back },
    },
    <div class="dp-main--narrow dp-stack">
      <PageHeader title={text.password.title} eyebrow={props.name} lead={text.password.lead} />
      <div class="dp-panel dp-stack" data-gap="s">
        <p>
          {text.username}
          <span class="dp-big dp-big--m dp-code">{props.username.trim().toLowerCase()}</span>
        </p>
        <p>
          {text.password.label}
          <span class="dp-big dp-big--m dp-code" data-password="">
            {props.password}
          </span>
        </p>
      </div>
      <Alert tone="warning">{text.password.once}</Alert>
    </div>,
  );
}

/** A new account, or one with everything that can be done to it. */
export function officerPage(
  c: Context<LibraryEnv>,
  props: {
    readonly officer: ListedOfficer | null;
    readonly typed: TypedOfficer;
    readonly errors: readonly FieldError[];
    readonly notices: readonly Notice[];
    readonly now: Date;
  },
) {
  const { common, office } = textsOf(c);
  const { officers: text } = office;
  const lang = c.get('lang');
  const library = c.get('library');
  const { officer, typed, errors } = props;
  const error = (field: string) => errors.find((one) => one.field === field)?.text;
  const base = `/${library.slug}/pengaturan/petugas`;
  const title = officer?.name ?? text.add;
  return officePage(
    c,
    { area: 'settings', title, back: { href: base, label: text.back }, notices: props.notices },
    <>
      <PageHeader title={title} eyebrow={officer?.username}>
        {officer && !officer.active && <Tag>{text.closed}</Tag>}
      </PageHeader>
      <ErrorSummary title={common.error.summaryTitle} errors={errors} />
      <div class="dp-panes" data-side="right">
        <form
          method="post"
          action={officer ? `${base}/${officer.id}` : `${base}/baru`}
          class="dp-panel dp-stack"
          novalidate
        >
          {officer && <input type="hidden" name="versi" value={officer.version} />}
          {!officer && (
            <TextField
              name="nama-pengguna"
              label={text.username}
              description={text.usernameHint}
              value={typed.username}
              error={error('nama-pengguna')}
              autocomplete="off"
              code
              required
            />
          )}
          <TextField
            name="nama"
            label={text.name}
            value={typed.name}
            error={error('nama')}
            autocomplete="off"
            required
          />
          <CheckboxGroup
            name="peran"
            label={text.roles}
            description={text.rolesHint}
            values={typed.roles}
            error={error('peran')}
            outline={false}
            choices={ROLES.map((role) => ({
              value: role,
              label: library.settings.roleNames[role][lang],
              description: text.roleAbout[role],
            }))}
          />
          <SelectField
            name="titik"
            label={text.servicePoint}
            value={typed.servicePointId}
            placeholder={text.firstPoint}
            error={error('titik')}
            choices={library.servicePoints.map((point) => ({ value: point.id, label: point.name }))}
          />
          <div class="dp-actions">
            <Button shortcut="Alt+S">{officer ? common.action.save : text.create}</Button>
            <LinkButton href={base} variant="tertiary">
              {common.action.cancel}
            </LinkButton>
          </div>
        </form>
        {officer && (
          <div class="dp-stack">
            <AccountPanel c={c} officer={officer} base={`${base}/${officer.id}`} />
            <DelegationPanel
              c={c}
              officer={officer}
              base={`${base}/${officer.id}`}
              error={error}
              today={plainDateIn(library.settings.profile.timezone, props.now)}
            />
          </div>
        )}
      </div>
    </>,
  );
}

interface PanelProps {
  readonly c: Context<LibraryEnv>;
  readonly officer: ListedOfficer;
  readonly base: string;
}

function AccountPanel({ c, officer, base }: PanelProps) {
  const { officers: text } = textsOf(c).office;
  const own = c.get('officer')?.id === officer.id;
  return (
    <section class="dp-panel" aria-labelledby="akun">
      <h2 id="akun">{text.account}</h2>
      <div class="dp-stack" data-gap="s">
        <form method="post" action={`${base}/sandi`}>
          <Button variant="secondary" fullWidth>
            {text.resetPassword}
          </Button>
        </form>
        {officer.secondFactor && (
          <form method="post" action={`${base}/faktor-kedua`}>
            <Button variant="secondary" fullWidth>
              {text.resetFactor}
            </Button>
          </form>
        )}
        {officer.active
          ? !own && (
              <form method="post" action={`${base}/tutup`}>
                <Button variant="tertiary" tone="danger" fullWidth>
                  {text.close}
                </Button>
              </form>
            )
          : !own && (
              <form method="post" action={`${base}/buka`}>
                <Button variant="secondary" fullWidth>
                  {text.reopen}
                </Button>
              </form>
            )}
      </div>
      <p class="dp-small dp-muted">{text.closeAbout}</p>
    </section>
  );
}

function DelegationPanel(
  props: PanelProps & {
    readonly error: (field: string) => string | undefined;
    readonly today: string;
  },
) {
  const { c, officer, base, error, today } = props;
  const { officers: text } = textsOf(c).office;
  const lang = c.get('lang');
  const { roleNames } = c.get('library').settings;
  const labels = dateLabels(c);
  const state = (one: Delegation) =>
    one.until < today || one.until < one.from ? 'past' : one.from > today ? 'future' : 'now';
  return (
    <section class="dp-panel" aria-labelledby="delegasi">
      <h2 id="delegasi">{text.delegation.title}</h2>
      <p class="dp-small dp-muted">{text.delegation.about}</p>
      <ul class="dp-bare dp-rows">
        {officer.delegations.map((one) => (
          <li>
            {text.delegation.kinds[one.kind]} {roleNames[one.role][lang]}{' '}
            <Tag tone={state(one) === 'now' ? 'info' : undefined}>{text.delegation.states[state(one)]}</Tag>
            <span class="dp-small dp-muted">
              {formatShortDate(lang, one.from)} – {formatShortDate(lang, one.until)}
            </span>
            {state(one) !== 'past' && (
              <form method="post" action={`${base}/delegasi/${one.id}/akhiri`}>
                <Button variant="tertiary" tone="danger">
                  {text.delegation.end}
                </Button>
              </form>
            )}
          </li>
        ))}
      </ul>
      <form method="post" action={`${base}/delegasi`} class="dp-stack" data-gap="s" novalidate>
        <SelectField
          name="peran"
          id="peran-delegasi"
          label={text.delegation.role}
          placeholder="–"
          error={error('peran-delegasi')}
          choices={DELEGABLE.map((role) => ({ value: role, label: roleNames[role][lang] }))}
        />
        <RadioGroup
          name="jenis"
          label={text.delegation.kind}
          value="plh"
          outline={false}
          choices={[
            { value: 'plh', label: text.delegation.plh },
            { value: 'plt', label: text.delegation.plt },
          ]}
        />
        <DateField name="dari" label={text.delegation.from} labels={labels} error={error('dari')} />
        <DateField name="sampai" label={text.delegation.until} labels={labels} />
        <div>
          <Button variant="secondary">{text.delegation.add}</Button>
        </div>
      </form>
    </section>
  );
}
