import type { Context } from 'hono';
import { raw } from 'hono/html';
import { formatShortCode } from '../../domain/short-code.ts';
import { formatTicketCode } from '../../domain/ticket-code.ts';
import { QUEUE_PRIORITIES } from '../../usecases/queue-ticket.ts';
import { Button } from '../components/button.tsx';
import { Icon } from '../components/icon.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { TextField } from '../components/text-field.tsx';
import type { LibraryEnv, WebDeps } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { Chips, personChoices } from './chips.tsx';
import type { CurrentVisitor } from './device-cookie.ts';
import { greetingLang, KioskLayout, startUrl } from './kiosk-layout.tsx';
import { BackToStart } from './member-page.tsx';

/** A farewell. A non-member may add what the reports need, and become a member; everybody else is done. */
export function thanksPage(c: Context<LibraryEnv>, visitor: CurrentVisitor) {
  const { kiosk } = textsOf(c);
  const { thanks } = kiosk;
  const { slug, settings } = c.get('library');
  const { farewell } = settings.look;
  const guest = visitor.kind === 'non_member';
  // Also where a script stands still: the farewell is not left on the screen.
  c.header('Refresh', `${guest ? 180 : 40}; url=${startUrl(c)}`);
  return (
    <KioskLayout
      c={c}
      title={farewell}
      idleSeconds={guest ? 40 : 12}
      hero={
        <div class="dp-hero kp-hero" data-small={guest ? '' : undefined}>
          <div class="dp-wrap">
            <h1 class="kp-greeting" lang={greetingLang(farewell)}>
              {farewell}
            </h1>
            <p class="kp-done" role="status">
              <Icon name="check" />
              <span>{visitor.kind === 'group' ? thanks.recordedGroup : thanks.recorded}</span>
            </p>
          </div>
        </div>
      }
    >
      {guest ? (
        <GuestEnd c={c} />
      ) : (
        <div class="kp-foot kp-foot--end">
          <a class="ds-button" data-variant="primary" href={startUrl(c)}>
            {thanks.done}
          </a>
          <a class="ds-button" data-variant="secondary" href={`/${slug}/buku-tamu/antrean`}>
            <Icon name="clock" />
            <span>{thanks.number}</span>
          </a>
        </div>
      )}
    </KioskLayout>
  );
}

/** One form: whichever button is pressed, what was answered is kept and goes along. */
function GuestEnd({ c }: { readonly c: Context<LibraryEnv> }) {
  const { kiosk, form, common } = textsOf(c);
  const { thanks } = kiosk;
  const { slug, settings } = c.get('library');
  const choices = personChoices(form);
  return (
    <form method="post" action={`/${slug}/buku-tamu/selesai`} class="kp-two kp-two--end" autocomplete="off">
      <div class="dp-stack">
        <div>
          <h2>{thanks.detailsTitle}</h2>
          <p class="dp-muted">
            {thanks.detailsAbout} {settings.consents.visitNotice[c.get('lang')]}
          </p>
        </div>
        <Chips name="jk" legend={form.fields.sex} choices={choices.sex} large />
        <Chips name="pendidikan" legend={form.fields.education} choices={choices.education} />
        <Chips name="pekerjaan" legend={form.fields.occupation} choices={choices.occupation} />
        <div class="kp-name">
          <TextField
            name="nama"
            label={thanks.name}
            optional={common.field.optional}
            autocomplete="off"
            maxlength={120}
          />
          <Button variant="secondary">{thanks.save}</Button>
        </div>
      </div>
      <aside class="kp-join" aria-labelledby="gabung">
        <Icon name="card" />
        <h2 id="gabung">{thanks.joinTitle}</h2>
        <p>{thanks.joinAbout}</p>
        <button class="ds-button" data-variant="primary" type="submit" name="lanjut" value="ponsel">
          <Icon name="phone" />
          <span>{thanks.joinPhone}</span>
        </button>
        <button class="ds-button" data-variant="secondary" type="submit" name="lanjut" value="daftar">
          {thanks.joinHere}
        </button>
        <hr />
        <button class="ds-button" data-variant="tertiary" type="submit" name="lanjut" value="antrean">
          <Icon name="clock" />
          <span>{thanks.number}</span>
        </button>
        <a class="ds-button" data-variant="tertiary" href={startUrl(c)}>
          {thanks.done}
        </a>
      </aside>
    </form>
  );
}

/** The same entry on the visitor's own phone: by QR, by a typed code, or at the counter. */
export function phonePage(c: Context<LibraryEnv>, deps: WebDeps, visitor: Required<Handed>) {
  const { phone } = textsOf(c).kiosk;
  const { slug } = c.get('library');
  const address = `${c.get('origin')}/${slug}`;
  const url = `${address}/daftar?lanjut=${visitor.draftToken}`;
  return (
    <KioskLayout c={c} title={phone.title} idleSeconds={90}>
      <PageHeader title={phone.title} lead={phone.lead} />
      <div class="kp-qr">
        <div class="kp-qr__code">{raw(deps.documents.qrSvg(url, phone.qrTitle))}</div>
        <div class="dp-stack">
          <p>{phone.typed}</p>
          <p class="kp-address">{`${address.replace(/^https?:\/\//, '')}/lanjut`}</p>
          <p class="kp-code">{formatShortCode(visitor.phoneCode)}</p>
          <p class="dp-muted">
            {phone.valid} {phone.desk(visitor.deskCode.replace(/^(\d{3})/, '$1 '))}
          </p>
          <a class="ds-button" data-variant="primary" href={startUrl(c)}>
            {phone.done}
          </a>
        </div>
      </div>
    </KioskLayout>
  );
}

export type Handed = Pick<CurrentVisitor, 'draftToken' | 'phoneCode' | 'deskCode'>;

/** Ordinary or priority; the priority belongs to this ticket and is written nowhere else. */
export function takeNumberPage(c: Context<LibraryEnv>, submitKey: string) {
  const { number } = textsOf(c).kiosk;
  return (
    <KioskLayout c={c} title={number.title} idleSeconds={45}>
      <PageHeader title={number.title} lead={number.lead} />
      <form method="post" action={`/${c.get('library').slug}/buku-tamu/antrean`} autocomplete="off">
        <input type="hidden" name="kunci" value={submitKey} />
        <button class="dp-tile kp-way kp-ordinary" type="submit" name="prioritas" value="" data-main="">
          <Icon name="clock" />
          <strong>{number.ordinary}</strong>
        </button>
        <h2 class="kp-subtitle">{number.priorityTitle}</h2>
        <div class="kp-purposes">
          {QUEUE_PRIORITIES.map((priority) => (
            <button class="dp-tile kp-purpose" type="submit" name="prioritas" value={priority}>
              <strong>{number.priority[priority]}</strong>
            </button>
          ))}
        </div>
      </form>
      <BackToStart c={c} />
    </KioskLayout>
  );
}

export function numberPage(c: Context<LibraryEnv>, queueNumber: number, priority: boolean) {
  const { kiosk } = textsOf(c);
  const { number } = kiosk;
  c.header('Refresh', `60; url=${startUrl(c)}`);
  return (
    <KioskLayout c={c} title={number.yours} idleSeconds={20}>
      <div class="kp-center" role="status">
        <h1>{number.yours}</h1>
        <p class="kp-number">{String(queueNumber).padStart(3, '0')}</p>
        {priority && <p class="kp-done">{number.priorityNote}</p>}
        <p class="dp-lead">{number.wait}</p>
        <a class="ds-button" data-variant="primary" href={startUrl(c)}>
          {kiosk.thanks.done}
        </a>
      </div>
    </KioskLayout>
  );
}

/** A registration sent from the kiosk: ticket, QR to the status page, gone with the next touch of the start page. */
export function sentPage(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  sent: { readonly statusToken: string; readonly ticketCode: string },
) {
  const { kiosk } = textsOf(c);
  const { register } = kiosk;
  const { slug } = c.get('library');
  const url = `${c.get('origin')}/${slug}/permohonan/${sent.statusToken}`;
  c.header('Refresh', `240; url=${startUrl(c)}`);
  return (
    <KioskLayout c={c} title={register.sentTitle} idleSeconds={60}>
      <PageHeader title={register.sentTitle} lead={register.sentLead} />
      <div class="kp-qr">
        <div class="kp-qr__code">{raw(deps.documents.qrSvg(url, register.qrTitle))}</div>
        <div class="dp-stack">
          <p class="dp-muted">{register.ticket}</p>
          <p class="kp-code">{formatTicketCode(sent.ticketCode)}</p>
          <h2 class="dp-h3">{register.followTitle}</h2>
          <p>{register.followAbout}</p>
          <a class="ds-button" data-variant="primary" href={`/${slug}/buku-tamu/antrean`}>
            <Icon name="clock" />
            <span>{kiosk.thanks.number}</span>
          </a>
          <a class="ds-button" data-variant="tertiary" href={startUrl(c)}>
            {kiosk.thanks.done}
          </a>
        </div>
      </div>
    </KioskLayout>
  );
}
