import { REPRINT_REASONS } from '../../domain/card-choice.ts';
import { may } from '../../domain/permissions.ts';
import { plainDateIn } from '../../domain/plain-date.ts';
import { formatDateTime, formatNumber, formatShortDate } from '../../i18n/format.ts';
import type { MemberCard } from '../../usecases/read-member.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { SelectField } from '../components/choice-fields.tsx';
import { Tag } from '../components/tag.tsx';
import { textsOf } from '../frame.tsx';
import type { MemberProps } from './member-page.tsx';
import { memberReason } from './member-words.tsx';

/** Every card the member ever had; the one in use can be handed over and printed. */
export function CardsPanel({ c, member, base }: MemberProps) {
  const { view } = textsOf(c).members;
  const roles = c.get('officer')?.roles ?? [];
  const { cardPrint } = textsOf(c).office;
  const inUse = member.cards.some((card) => card.revokedAt === null);
  const wasPrinted = member.cards.some((card) => card.revokedAt === null && card.printedAt !== null);
  const printedAt = member.cards.find((card) => card.own && card.revokedAt === null)?.printedAt;
  return (
    <section class="dp-panel" aria-labelledby="kartu">
      <h2 id="kartu">{view.cards}</h2>
      {member.cards.length === 0 && <p class="dp-muted">{view.noCards}</p>}
      <ul class="dp-bare dp-rows">
        {member.cards.map((card) => (
          <OneCard c={c} card={card} />
        ))}
      </ul>
      {inUse && !member.masked && (
        <div class="dp-row">
          {may(roles, 'card.replace') && (
            <LinkButton href={`${base}/kta`} variant="secondary">
              {view.card.kta}
            </LinkButton>
          )}
          {member.allowed.has('print_card') && (
            <>
              <LinkButton
                href={`${base}/kartu.pdf`}
                variant="secondary"
                attrs={{ target: '_blank', rel: 'noopener' }}
              >
                {view.card.print}
              </LinkButton>
              <form method="post" action={`${base}/tercetak`} class="dp-row">
                <input type="hidden" name="tercetak" value={printedAt?.toISOString() ?? ''} />
                {wasPrinted && (
                  <SelectField
                    name="alasan"
                    label={cardPrint.print.reason}
                    placeholder={cardPrint.print.choose}
                    choices={REPRINT_REASONS.map((reason) => ({
                      value: reason,
                      label: cardPrint.reasons[reason],
                    }))}
                  />
                )}
                <Button variant="tertiary">{view.card.markPrinted}</Button>
              </form>
            </>
          )}
        </div>
      )}
    </section>
  );
}

function OneCard({ c, card }: { readonly c: MemberProps['c']; readonly card: MemberCard }) {
  const all = textsOf(c);
  const { card: words } = all.members.view;
  const lang = c.get('lang');
  const library = c.get('library');
  const day = (at: Date) => formatShortDate(lang, plainDateIn(library.settings.profile.timezone, at));
  const dead = card.revokedAt !== null;
  const facts = [
    words.issued(day(card.issuedAt)),
    card.printedAt === null ? '' : words.printed(day(card.printedAt)),
    card.handedOverAt === null ? '' : words.handedOver(day(card.handedOverAt)),
    card.phones === 0 ? '' : words.phones(formatNumber(lang, card.phones)),
    card.revokedAt === null ? '' : words.revoked(day(card.revokedAt)),
    card.revokedReason === null ? '' : memberReason(library, all, lang, card.revokedReason),
  ];
  return (
    <li>
      {dead ? (
        <Tag>{words.revoked('').trim()}</Tag>
      ) : card.outdated ? (
        <Tag tone="warning" icon="warning">
          {words.outdated}
        </Tag>
      ) : (
        <Tag tone="success">{words.valid}</Tag>
      )}{' '}
      {!dead && !card.outdated && card.printedAt === null && <Tag>{words.notPrinted}</Tag>}
      <span class="dp-small dp-muted">{facts.filter((fact) => fact !== '').join(' · ')}</span>
      {card.outdated && <span class="dp-small">{words.outdatedHint}</span>}
    </li>
  );
}

/** How often the library was used, and the last times. */
export function VisitsPanel({ c, member }: MemberProps) {
  const { view } = textsOf(c).members;
  const lang = c.get('lang');
  const { settings } = c.get('library');
  if (member.masked) return null;
  const purpose = (code: string) =>
    settings.services.find((service) => service.code === code)?.name[lang] ?? code;
  return (
    <section class="dp-panel" aria-labelledby="kunjungan">
      <h2 id="kunjungan">{view.visits}</h2>
      <p class="dp-muted">
        {member.visits.total === 0
          ? view.noVisits
          : view.visitsTotal(formatNumber(lang, member.visits.total))}
      </p>
      <ul class="dp-bare dp-rows">
        {member.visits.latest.map((visit) => (
          <li>
            {formatDateTime(lang, visit.at, settings.profile.timezone)}
            <span class="dp-small dp-muted">{purpose(visit.purpose)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
