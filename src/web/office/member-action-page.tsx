import type { Context } from 'hono';
import { END_REASONS } from '../../domain/member.ts';
import type { MemberView } from '../../usecases/read-member.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { CheckboxField, RadioGroup } from '../components/choice-fields.tsx';
import { DateField } from '../components/date-field.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { TextField } from '../components/text-field.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import type { Child } from '../jsx/jsx-runtime.ts';
import { splitDate } from '../public/form-input.ts';
import { officePage } from './office-page.tsx';

export interface FieldError {
  readonly field: string;
  readonly text: string;
}

/** What was typed on the page of an action. */
export interface TypedAction {
  readonly reason: string;
  /** As `joinDate` made it. */
  readonly date: string;
  readonly confirmed: boolean;
  readonly other: string;
}

export const NOTHING_TYPED: TypedAction = { reason: '', date: '', confirmed: false, other: '' };

export type ActionName = 'suspend' | 'resume' | 'clear' | 'end' | 'replace' | 'reveal';

export interface ActionPageProps {
  readonly member: MemberView;
  readonly action: ActionName;
  readonly typed: TypedAction;
  readonly errors: readonly FieldError[];
}

/** The page of one action on one member: what it does, what it asks, one button. */
export function memberActionPage(c: Context<LibraryEnv>, props: ActionPageProps) {
  const all = textsOf(c);
  const { members, common } = all;
  const { member, action, errors } = props;
  const base = `/${c.get('library').slug}/anggota/${member.id}`;
  const { title, lead } = leadOf(c, props);
  const name = member.values.name ?? '';
  return officePage(
    c,
    {
      area: 'members',
      title: errors.length > 0 ? `${common.error.summaryTitle}: ${title}` : title,
      back: { href: base, label: members.form.back },
    },
    <div class="dp-main--narrow dp-stack">
      <PageHeader title={title} eyebrow={`${name} · ${member.number}`} lead={lead} />
      <ErrorSummary title={common.error.summaryTitle} errors={errors} />
      <form method="post" class="dp-stack dp-panel" novalidate>
        <input type="hidden" name="versi" value={String(member.version)} />
        {fieldsOf(c, props)}
        <div class="dp-actions">
          <Button tone={action === 'end' || action === 'suspend' ? 'danger' : undefined}>
            {action === 'reveal'
              ? members.view.reveal
              : action === 'replace'
                ? members.action.replace_card
                : members.action[action]}
          </Button>
          <LinkButton href={base} variant="tertiary">
            {common.action.cancel}
          </LinkButton>
        </div>
      </form>
    </div>,
  );
}

function leadOf(c: Context<LibraryEnv>, { member, action }: ActionPageProps) {
  const { form } = textsOf(c).members;
  const { title, lead } = form[action];
  return { title, lead: action === 'resume' && member.state === 'ended' ? form.resume.leadEnded : lead };
}

function fieldsOf(c: Context<LibraryEnv>, props: ActionPageProps): Child {
  const { form, reasons, view: _view } = textsOf(c).members;
  const lang = c.get('lang');
  const { settings, slug } = c.get('library');
  const { typed, member, action } = props;
  const inUse = member.cards.find((card) => card.revokedAt === null);
  const error = (field: string) => props.errors.find((one) => one.field === field)?.text;
  const reasonField = (name: string, label: string, choices: { value: string; label: string }[]) => (
    <RadioGroup
      name={name}
      label={label}
      value={typed.reason || undefined}
      choices={choices}
      error={error(name)}
      outline={false}
      required
    />
  );
  const coded = (list: typeof settings.suspensionReasons) =>
    list.map((reason) => ({ value: reason.code, label: reason[lang] }));
  const effective = (
    <DateField
      name="berlaku"
      label={form.effectiveOn}
      description={form.effectiveHint}
      labels={dateLabels(c)}
      value={splitDate(typed.date)}
      error={error('berlaku')}
    />
  );
  switch (action) {
    case 'suspend':
      return (
        <>
          {reasonField('alasan', form.reason, coded(settings.suspensionReasons))}
          {effective}
        </>
      );
    case 'resume':
      return effective;
    case 'clear':
      return (
        <>
          <CheckboxField
            name="periksa"
            label={form.clear.confirm}
            checked={typed.confirmed}
            error={error('periksa')}
          />
          {effective}
        </>
      );
    case 'end':
      return (
        <>
          {reasonField(
            'alasan',
            form.reason,
            END_REASONS.map((reason) => ({ value: reason, label: reasons[reason] })),
          )}
          {member.allowed.has('correct') && (
            <Alert>
              <p>{form.end.movedHint}</p>
              <p>
                <a href={`/${slug}/anggota/${member.id}/ubah#address_line`}>{form.end.movedAction}</a>
              </p>
            </Alert>
          )}
          <p class="dp-small dp-muted">{form.end.deceasedHint}</p>
          {effective}
        </>
      );
    case 'replace':
      return (
        <>
          <input type="hidden" name="kartu" value={inUse?.id ?? ''} />
          {reasonField('alasan', form.reason, coded(settings.replacementReasons))}
          <CheckboxField
            name="periksa"
            label={form.replace.identity}
            checked={typed.confirmed}
            error={error('periksa')}
          />
        </>
      );
    case 'reveal':
      return (
        <>
          {reasonField('alasan', form.reveal.purpose, coded(settings.revealReasons))}
          <TextField
            name="lain"
            label={form.reveal.other}
            description={form.reveal.otherHint}
            value={typed.other}
            maxlength={200}
          />
        </>
      );
  }
}

export function dateLabels(c: Context<LibraryEnv>) {
  const { day, month, year } = textsOf(c).common.field;
  return { day, month, year };
}
