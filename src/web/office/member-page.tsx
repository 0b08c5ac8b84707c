import type { Context } from 'hono';
import { plainDateIn } from '../../domain/plain-date.ts';
import { renewedUntil } from '../../domain/validity.ts';
import { formatDate } from '../../i18n/format.ts';
import type { MemberView } from '../../usecases/read-member.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { Icon } from '../components/icon.tsx';
import { PageHeader } from '../components/page-header.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { ConsentsPanel } from './member-consents.tsx';
import { MemberData } from './member-data.tsx';
import { DoublesPanel } from './member-doubles-panel.tsx';
import { MemberHistory, MemberRevisions } from './member-history.tsx';
import { CardsPanel, VisitsPanel } from './member-panels.tsx';
import { MemberTag, memberReason, pointName } from './member-words.tsx';
import { type Notice, officePage } from './office-page.tsx';
import { ownConsentNotices, RightsPanel } from './requests-panel.tsx';

export interface MemberProps {
  readonly c: Context<LibraryEnv>;
  readonly member: MemberView;
  readonly base: string;
  readonly now: Date;
}

/** One member on one screen: who it is, where the membership stands, what can be done, what has happened. */
export function memberPage(
  c: Context<LibraryEnv>,
  member: MemberView,
  now: Date,
  notices: readonly Notice[],
) {
  const all = textsOf(c);
  const { view, list } = all.members;
  const { slug } = c.get('library');
  const props: MemberProps = { c, member, base: `/${slug}/anggota/${member.id}`, now };
  const name = member.erased ? list.erasedName : (member.values.name ?? '');
  return officePage(
    c,
    {
      area: 'members',
      title: name,
      back: { href: `/${slug}/anggota`, label: view.back },
      notices: [
        ...notices,
        ...ownConsentNotices(c, member, props.base),
        ...(member.erased ? [{ tone: 'info' as const, text: view.erased }] : []),
        ...(member.masked ? [{ tone: 'info' as const, text: view.masked }] : []),
      ],
    },
    <>
      <PageHeader title={name} eyebrow={`${list.number} ${member.number}`}>
        <MemberTag status={member.status} texts={all} />
      </PageHeader>
      <div class="dp-panes" data-side="right">
        <div class="dp-stack">
          <MemberData {...props} />
          <MemberHistory {...props} />
          <MemberRevisions {...props} />
        </div>
        <div class="dp-stack">
          <MembershipPanel {...props} />
          <ActionsPanel {...props} />
          <DoublesPanel {...props} />
          <CardsPanel {...props} />
          <ConsentsPanel {...props} />
          <RightsPanel {...props} />
          <VisitsPanel {...props} />
        </div>
      </div>
    </>,
  );
}

function MembershipPanel({ c, member, base }: MemberProps) {
  const all = textsOf(c);
  const { view } = all.members;
  const lang = c.get('lang');
  const library = c.get('library');
  const day = (at: Date) => formatDate(lang, plainDateIn(library.settings.profile.timezone, at));
  return (
    <section class="dp-panel dp-membership" aria-labelledby="keanggotaan">
      <h2 id="keanggotaan">{view.membership}</h2>
      <div class="dp-membership__body">
        {member.photoId !== null && (
          <img
            class="dp-photo"
            src={`${base}/foto/${member.photoId}`}
            alt={view.photo}
            width="120"
            height="160"
          />
        )}
        {member.photoId === null && !member.masked && !member.erased && (
          <div class="dp-photo dp-photo--none">
            <Icon name="person" />
            <span>{view.noPhoto}</span>
          </div>
        )}
        <dl class="dp-facts">
          <div>
            <dt>{view.validUntil}</dt>
            <dd class="dp-facts__main">
              {member.validUntil === null ? view.lifetime : formatDate(lang, member.validUntil)}
            </dd>
          </div>
          <div>
            <dt>{view.status}</dt>
            <dd>
              <MemberTag status={member.status} texts={all} />
              {member.state !== 'active' && (
                <span class="dp-small dp-muted">
                  {' '}
                  {view.since.toLowerCase()} {day(member.stateEffectiveAt)}
                </span>
              )}
            </dd>
          </div>
          {member.stateReason !== null && (
            <div>
              <dt>{view.reason}</dt>
              <dd>{memberReason(library, all, lang, member.stateReason)}</dd>
            </div>
          )}
          <div>
            <dt>{view.memberSince}</dt>
            <dd>{formatDate(lang, member.memberSince)}</dd>
          </div>
          <div>
            <dt>{view.servicePoint}</dt>
            <dd>{pointName(library, member.servicePointId)}</dd>
          </div>
        </dl>
      </div>
      {member.applicationId !== null && !member.masked && (
        <p class="dp-small">
          <a href={`/${library.slug}/loket/${member.applicationId}`}>{view.openApplication}</a>
        </p>
      )}
    </section>
  );
}

/** Only what is allowed: from the same table that the refusals come from. */
function ActionsPanel({ c, member, base, now }: MemberProps) {
  const { view, action, renewUntil } = textsOf(c).members;
  const lang = c.get('lang');
  const { settings } = c.get('library');
  const may = (name: Parameters<typeof member.allowed.has>[0]) => member.allowed.has(name);
  if (member.masked || member.erased) return null;
  const today = plainDateIn(settings.profile.timezone, now);
  const type = settings.memberTypes.find((one) => one.code === member.values.member_type);
  const until =
    type && member.validUntil !== null ? renewedUntil(member.validUntil, today, type.validity) : null;
  const renewable = may('renew') && until !== null;
  const others = [
    ['correct', 'ubah'],
    ['replace_card', 'ganti-kartu'],
    ['resume', 'aktifkan'],
    ['suspend', 'tangguhkan'],
    ['clear', 'bebas-pustaka'],
    ['end', 'berhenti'],
  ] as const;
  const shown = others.filter(([name]) => may(name));
  return (
    <section class="dp-panel" aria-labelledby="tindakan">
      <h2 id="tindakan">{view.actions}</h2>
      {!renewable && shown.length === 0 && <p class="dp-muted">{view.noActions}</p>}
      <div class="dp-stack" data-gap="s">
        {renewable && (
          <form method="post" action={`${base}/perpanjang`}>
            <input type="hidden" name="versi" value={String(member.version)} />
            <Button
              fullWidth
              variant={member.status === 'expired' ? 'primary' : 'secondary'}
              shortcut="Alt+P"
            >
              {renewUntil(formatDate(lang, until))}
            </Button>
          </form>
        )}
        {shown.map(([name, path]) => (
          <LinkButton
            href={`${base}/${path}`}
            fullWidth
            variant={name === 'resume' ? 'primary' : name === 'end' ? 'tertiary' : 'secondary'}
            tone={name === 'end' ? 'danger' : undefined}
          >
            {action[name]}
          </LinkButton>
        ))}
      </div>
    </section>
  );
}
