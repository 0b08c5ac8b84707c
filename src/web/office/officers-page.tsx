import type { Context } from 'hono';
import { ROLES } from '../../domain/permissions.ts';
import { plainDateIn } from '../../domain/plain-date.ts';
import { formatShortDateTime } from '../../i18n/format.ts';
import type { ListedOfficer } from '../../usecases/list-officers.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { CheckboxGroup, SelectField } from '../components/choice-fields.tsx';
import { DataTable } from '../components/data-table.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import { TextField } from '../components/text-field.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import type { FieldError } from './member-action-page.tsx';
import { type Notice, officePage } from './office-page.tsx';
import { AccountPanel, DelegationPanel, NO_DELEGATION, type TypedDelegation } from './officer-panels.tsx';
import { SignOnPanel } from './sign-on/officer-panel.tsx';

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
    /** Whether somebody else could change this account's roles. */
    readonly otherAdmin: boolean;
    readonly typed: TypedOfficer;
    readonly errors: readonly FieldError[];
    readonly notices: readonly Notice[];
    readonly now: Date;
    readonly delegation?: TypedDelegation | undefined;
    /** The identity provider's name for what officers are expected by; undefined where there is no provider. */
    readonly claim?: string | undefined;
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
  const own = officer !== null && c.get('officer')?.id === officer.id;
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
          {own ? (
            <OwnRoles c={c} officer={officer} otherAdmin={props.otherAdmin} />
          ) : (
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
          )}
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
            <AccountPanel c={c} officer={officer} base={`${base}/${officer.id}`} error={error('dikenali')} />
            {props.claim !== undefined && (
              <SignOnPanel
                c={c}
                officer={officer}
                base={`${base}/${officer.id}`}
                claim={props.claim}
                error={error('pengenal')}
              />
            )}
            <DelegationPanel
              c={c}
              officer={officer}
              base={`${base}/${officer.id}`}
              error={error}
              typed={props.delegation ?? NO_DELEGATION}
              today={plainDateIn(library.settings.profile.timezone, props.now)}
            />
          </div>
        )}
      </div>
    </>,
  );
}

/** The own roles, and who can change them: the form sends them as they are. */
function OwnRoles(props: {
  readonly c: Context<LibraryEnv>;
  readonly officer: ListedOfficer;
  readonly otherAdmin: boolean;
}) {
  const { officers: text } = textsOf(props.c).office;
  const lang = props.c.get('lang');
  const { roleNames } = props.c.get('library').settings;
  return (
    <div class="dp-stack" data-gap="s">
      <DefinitionList
        items={[
          {
            label: text.roles,
            value: props.officer.roles.map((role) => roleNames[role][lang]).join(', '),
          },
        ]}
      />
      {props.officer.roles.map((role) => (
        <input type="hidden" name="peran" value={role} />
      ))}
      <Alert tone="info">{props.otherAdmin ? text.own.roles : text.own.rolesAlone}</Alert>
    </div>
  );
}
