import type { Context } from 'hono';
import { formatShortDate } from '../../i18n/format.ts';
import { DELEGABLE } from '../../usecases/delegate.ts';
import type { Delegation, ListedOfficer } from '../../usecases/list-officers.ts';
import { RECOGNITIONS } from '../../usecases/manage-officer.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { RadioGroup, SelectField } from '../components/choice-fields.tsx';
import { DateField } from '../components/date-field.tsx';
import { Details } from '../components/details.tsx';
import { Tag } from '../components/tag.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { splitDate } from '../public/form-input.ts';
import { dateLabels } from './member-action-page.tsx';

/** A delegation as typed; the dates as `joinDate` made them. */
export interface TypedDelegation {
  readonly role: string;
  readonly kind: string;
  readonly from: string;
  readonly until: string;
}

export const NO_DELEGATION: TypedDelegation = { role: '', kind: '', from: '', until: '' };

interface PanelProps {
  readonly c: Context<LibraryEnv>;
  readonly officer: ListedOfficer;
  readonly base: string;
}

/** What can be done to an account: a new password, no second factor, closed or open. */
export function AccountPanel({
  c,
  officer,
  base,
  error,
}: PanelProps & { readonly error: string | undefined }) {
  const { officers: text, password, audit } = textsOf(c).office;
  const { purposes } = audit;
  const own = c.get('officer')?.id === officer.id;
  return (
    <section class="dp-panel" aria-labelledby="akun">
      <h2 id="akun">{text.account}</h2>
      {own ? (
        <>
          <p>{text.own.account}</p>
          <LinkButton href={`/${c.get('library').slug}/sandi`} variant="secondary" fullWidth>
            {password.title}
          </LinkButton>
        </>
      ) : (
        <>
          <div class="dp-stack" data-gap="s">
            <form method="post" action={`${base}/sandi`}>
              <Button variant="secondary" fullWidth>
                {text.resetPassword}
              </Button>
            </form>
            {officer.secondFactor && (
              <Details summary={text.resetFactor} open={error !== undefined}>
                <form method="post" action={`${base}/faktor-kedua`} class="dp-stack" novalidate>
                  <RadioGroup
                    name="dikenali"
                    label={text.recognition.label}
                    description={text.recognition.about}
                    value=""
                    outline={false}
                    error={error}
                    choices={RECOGNITIONS.map((one) => ({ value: one, label: purposes[one] }))}
                    required
                  />
                  <Button tone="danger">{text.resetFactor}</Button>
                </form>
              </Details>
            )}
            {officer.active ? (
              <form method="post" action={`${base}/tutup`}>
                <Button variant="tertiary" tone="danger" fullWidth>
                  {text.close}
                </Button>
              </form>
            ) : (
              <form method="post" action={`${base}/buka`}>
                <Button variant="secondary" fullWidth>
                  {text.reopen}
                </Button>
              </form>
            )}
          </div>
          <p class="dp-small dp-muted">{text.closeAbout}</p>
        </>
      )}
    </section>
  );
}

/** The offices somebody acts in, and a form for the next. */
export function DelegationPanel(
  props: PanelProps & {
    readonly error: (field: string) => string | undefined;
    readonly today: string;
    readonly typed: TypedDelegation;
  },
) {
  const { c, officer, base, error, today, typed } = props;
  const { officers: text } = textsOf(c).office;
  const own = c.get('officer')?.id === officer.id;
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
            {state(one) !== 'past' && !own && (
              <form method="post" action={`${base}/delegasi/${one.id}/akhiri`}>
                <Button variant="tertiary" tone="danger">
                  {text.delegation.end}
                </Button>
              </form>
            )}
          </li>
        ))}
      </ul>
      {own ? (
        <p>{text.own.delegation}</p>
      ) : (
        <form method="post" action={`${base}/delegasi`} class="dp-stack" data-gap="s" novalidate>
          <SelectField
            name="peran"
            id="peran-delegasi"
            label={text.delegation.role}
            placeholder="–"
            value={typed.role}
            error={error('peran-delegasi')}
            choices={DELEGABLE.map((role) => ({ value: role, label: roleNames[role][lang] }))}
          />
          <RadioGroup
            name="jenis"
            label={text.delegation.kind}
            value={typed.kind === 'plt' ? 'plt' : 'plh'}
            outline={false}
            choices={[
              { value: 'plh', label: text.delegation.plh },
              { value: 'plt', label: text.delegation.plt },
            ]}
          />
          <DateField
            name="dari"
            label={text.delegation.from}
            labels={labels}
            value={splitDate(typed.from)}
            error={error('dari')}
          />
          <DateField
            name="sampai"
            label={text.delegation.until}
            labels={labels}
            value={splitDate(typed.until)}
            error={error('sampai')}
          />
          <div>
            <Button variant="secondary">{text.delegation.add}</Button>
          </div>
        </form>
      )}
    </section>
  );
}
