import { plainDateIn } from '../../domain/plain-date.ts';
import { actsInOrder } from '../../domain/procedure.ts';
import { formatShortCode } from '../../domain/short-code.ts';
import { validUntil } from '../../domain/validity.ts';
import { formatDate, formatTime } from '../../i18n/format.ts';
import type { PresentCard } from '../../usecases/read-card.ts';
import { memberTypeOf, memberTypeText } from '../card-print.ts';
import { Alert } from '../components/alert.tsx';
import { Button } from '../components/button.tsx';
import type { CasePanelProps } from './panel-props.ts';
import { addressText } from './photo-panel.tsx';

type WithCard = CasePanelProps & { readonly card: PresentCard };

/**
 * Approval, the card, its print and its hand-over. Approving and printing are one key; a hand-over needs none, it is
 * recorded when the KTA is opened on the phone or when the officer turns to the next person.
 */
export function CardPanel(props: CasePanelProps) {
  const { view, texts, state } = props;
  const { desk } = texts.card;
  if (view.row.state === 'already_member') return <HandOutAgain {...props} />;
  if (view.row.state === 'approved' || view.row.state === 'completed') {
    if (view.masked) return <p>{desk.masked}</p>;
    return view.card === null ? <NumberOnly {...props} /> : <Issued {...props} card={view.card} />;
  }
  if (!view.allowed.has('approve')) return <p class="dp-muted">{desk.waiting}</p>;
  return <Approve {...props} state={state} />;
}

function Approve(props: CasePanelProps) {
  const { view, state, texts, base, lang, library, now } = props;
  const { desk } = texts.card;
  const type = memberTypeOf(library, view.row.member_type);
  const today = plainDateIn(library.settings.profile.timezone, now);
  const until = type ? validUntil(today, type.validity) : null;
  // Where printing is a step of the procedure it is what the one key does; else the KTA on the phone comes first.
  const prints = actsInOrder(view.procedure).includes('print_card');
  const key = state === 'current' ? 'Enter' : undefined;
  const look = state === 'current' ? 'primary' : 'secondary';
  return (
    <form method="post" action={`${base}/setujui`} class="dp-stack" data-gap="s">
      <input type="hidden" name="versi" value={String(view.row.version)} />
      <p class="dp-small">
        {desk.willBe(
          memberTypeText(library, view.row.member_type, lang),
          until === null ? desk.lifetime : formatDate(lang, until),
        )}
      </p>
      {type?.cardAllowed === false ? (
        <>
          <p class="dp-small dp-muted">{desk.noCardType}</p>
          <Button fullWidth variant={look} shortcut={key}>
            {desk.approveNoCard}
          </Button>
        </>
      ) : (
        <>
          <Button fullWidth variant={look} name="cetak" value={prints ? '1' : '0'} shortcut={key}>
            {prints ? desk.approvePrint : desk.approveKta}
          </Button>
          <Button
            fullWidth
            variant={state === 'current' ? 'secondary' : 'tertiary'}
            name="cetak"
            value={prints ? '0' : '1'}
            shortcut={state === 'current' ? 'C' : undefined}
          >
            {prints ? desk.approveOnly : desk.approveAndPrint}
          </Button>
        </>
      )}
    </form>
  );
}

/** Number, validity, the KTA for the phone, the print, and the hand-over where somebody wants to record it now. */
function Issued(props: WithCard) {
  const { card, view, state, texts, base, lang, library } = props;
  const { desk } = texts.card;
  const zone = library.settings.profile.timezone;
  const mayPrint = view.allowed.has('print_card');
  // After a failed print the one key prints again.
  const retries = mayPrint && card.printFailed && state === 'current';
  return (
    <div class="dp-stack" data-gap="s">
      <NumberLine {...props} />
      {card.handedOverAt === null ? (
        <KtaBox {...props} />
      ) : (
        <p>{desk.received(formatTime(lang, card.handedOverAt, zone))}</p>
      )}
      {mayPrint && (
        <card-print data-pdf={`${base}/kartu.pdf`} class="dp-stack" data-gap="s">
          {card.printFailed && <p class="dp-printfailed">{desk.printFailedNote}</p>}
          <p class="dp-small">
            {card.printedAt === null ? desk.notPrinted : desk.printed(formatTime(lang, card.printedAt, zone))}
            {' · '}
            <a href={`${base}/kartu.pdf`} target="_blank" rel="noopener">
              {desk.openPdf}
            </a>
            {' · '}
            <a href={`${base}/kartu.pdf?lembar=a4`} target="_blank" rel="noopener">
              {desk.sheet}
            </a>
          </p>
          <p class="dp-small" role="status">
            <span data-say="printing" hidden>
              {desk.printing}
            </span>
            <span data-say="blocked" hidden>
              {desk.printBlocked}
            </span>
          </p>
          <form method="post" action={`${base}/cetak`} class="dp-keygrid">
            <input type="hidden" name="tercetak" value={card.printedAt?.toISOString() ?? ''} />
            <Button
              variant={retries ? 'primary' : 'secondary'}
              fullWidth
              name="hasil"
              value="cetak"
              shortcut={retries ? 'Enter' : 'C'}
              attrs={retries ? { 'aria-keyshortcuts': 'Enter C' } : {}}
            >
              {card.printedAt === null ? desk.print : desk.printAgain}
            </Button>
            {card.printedAt !== null && (
              <Button variant="secondary" tone="danger" fullWidth name="hasil" value="gagal" shortcut="X">
                {desk.printFailed}
              </Button>
            )}
          </form>
        </card-print>
      )}
      {card.handedOverAt === null && view.allowed.has('hand_over') && (
        <form method="post" action={`${base}/serahkan`} class="dp-stack" data-gap="s">
          <Button
            fullWidth
            variant={retries ? 'secondary' : 'primary'}
            shortcut={state !== 'current' ? undefined : retries ? 'S' : 'Enter'}
          >
            {desk.handOver}
          </Button>
          <p class="dp-small dp-muted">{desk.handsItself}</p>
        </form>
      )}
    </div>
  );
}

function NumberLine({ card, texts, lang }: WithCard) {
  const { desk } = texts.card;
  return (
    <dl class="dp-issued">
      <div>
        <dt>{desk.number}</dt>
        <dd class="dp-big dp-num">{card.number}</dd>
      </div>
      <div>
        <dt>{desk.validUntil}</dt>
        <dd>{card.validUntil === null ? desk.lifetime : formatDate(lang, card.validUntil)}</dd>
      </div>
    </dl>
  );
}

/** The KTA's address for the member's phone: scanned, or typed as a short code. */
function KtaBox({ card, texts, base, origin, library }: WithCard) {
  const { desk } = texts.card;
  return (
    <div class="dp-scanbox">
      <img
        class="dp-qr"
        src={`${base}/kta.svg?${card.token.slice(0, 4)}`}
        width="176"
        height="176"
        alt={desk.ktaQr}
      />
      <div class="dp-stack" data-gap="s">
        <h3>{desk.kta}</h3>
        {card.pickupCode === null ? (
          <p class="dp-small">{desk.ktaScan}</p>
        ) : (
          <>
            <p class="dp-small">
              {desk.ktaScan}, {desk.orType}{' '}
              <strong class="dp-address">{addressText(origin, library.slug, 'kta')}</strong> {desk.andCode}
            </p>
            <p class="dp-shortcode">{formatShortCode(card.pickupCode)}</p>
          </>
        )}
      </div>
    </div>
  );
}

/** A member of a type without a card: the number is all there is. */
function NumberOnly({ view, texts }: CasePanelProps) {
  const { desk } = texts.card;
  return (
    <>
      {view.member !== null && (
        <p>
          {desk.number} <span class="dp-big dp-num">{view.member.number}</span>
        </p>
      )}
      <p class="dp-small dp-muted">{desk.noCardType}</p>
    </>
  );
}

/** "Sudah anggota": the KTA of the old membership is handed out again. */
function HandOutAgain(props: CasePanelProps) {
  const { view, texts, base } = props;
  const { desk } = texts.card;
  if (view.masked || view.member === null) return null;
  if (view.member.state !== 'active') return <p class="dp-small">{desk.againNone}</p>;
  // Its short code works for half an hour after it was handed out: until then there is nothing to press.
  if (view.card !== null && view.card.pickupCode !== null)
    return (
      <>
        <OwnConsentHint {...props} />
        <KtaBox {...props} card={view.card} />
      </>
    );
  return (
    <form method="post" action={`${base}/kta-lagi`} class="dp-stack" data-gap="s">
      <input type="hidden" name="alamat" value={view.card?.addressMark ?? ''} />
      <Button fullWidth shortcut="Enter">
        {desk.again}
      </Button>
      <p class="dp-small dp-muted">{desk.againAbout}</p>
      <OwnConsentHint {...props} />
    </form>
  );
}

/** Who was a child when the guardian consented, and is none any more. */
function OwnConsentHint({ view, texts, library }: CasePanelProps) {
  if (!view.member?.ownConsentDue) return null;
  const { own } = texts.rights;
  return (
    <Alert tone="warning">
      {own.atDesk}{' '}
      <a href={`/${library.slug}/anggota/${view.member.id}/persetujuan-sendiri`}>{own.toMember}</a>
    </Alert>
  );
}
