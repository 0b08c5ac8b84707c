import type { Context } from 'hono';
import { texts } from '../../i18n/index.ts';
import type { OwnDownload } from '../../usecases/rights-data.ts';
import type { LibraryEnv, WebDeps } from '../env.ts';
import { formWords } from './form-words.ts';
import {
  answerText,
  dayText,
  heldItems,
  ledgerText,
  purposeName,
  rightsWords,
  timeText,
  viewerText,
  viewReason,
} from './my-data-words.ts';
import { dataItems } from './status-parts.ts';

/** In one file for other programs (UU 27/2022 Ps. 13): codes and ISO times, no words of the screen. */
export function ownDataJson(c: Context<LibraryEnv>, data: OwnDownload, now: Date): string {
  const { profile } = c.get('library').settings;
  return JSON.stringify(
    {
      format: 'daftar-pustaka/data-saya',
      version: 1,
      made_at: now.toISOString(),
      controller: { name: profile.name, unit: profile.unit, email: profile.email, phone: profile.phone },
      numbers: 'masked',
      person: data.person,
      photo: data.photo && { media_type: 'image/jpeg', base64: data.photo.toString('base64') },
      membership: data.membership && {
        number: data.membership.number,
        state: data.membership.state,
        member_since: data.membership.since,
        valid_until: data.membership.validUntil,
      },
      applications: data.cases.map((one) => ({ ticket: one.ticket, at: one.at, state: one.state })),
      cards: data.cards.map((card) => ({ issued_at: card.issuedAt, revoked_at: card.revokedAt })),
      visits: data.visits.latest,
      files: data.files.map((file) => ({ kind: file.kind, at: file.at, deleted_at: file.deletedAt })),
      changes: data.changes,
      consents: data.ledger.map((word) => ({
        purpose: word.purpose,
        given: word.given,
        by_guardian: word.byGuardian,
        at: word.at,
        withdrawn_at: word.withdrawnAt,
        channel: word.channel,
        text_version: word.textVersion,
        text_lang: word.textLang,
      })),
      consent_texts: data.texts.map((text) => ({
        version: text.version,
        purpose: text.purpose,
        lang: text.lang,
        text: text.content,
      })),
      services: data.services.map((one) => ({
        name: one.title,
        scopes: one.scopes,
        since: one.since,
        last_used_at: one.lastUsedAt,
      })),
      ended_services: data.endedServices.map((one) => ({
        name: one.title,
        scopes: one.scopes,
        since: one.since,
        last_used_at: one.lastUsedAt,
        ended_at: one.endedAt,
      })),
      sent_to: data.sentTo.map((one) => ({
        system: one.target,
        at: one.at,
        identity_numbers: one.identityNumbers,
      })),
      passkeys: data.passkeys.map((one) => ({
        label: one.label,
        made_at: one.createdAt,
        last_used_at: one.lastUsedAt,
      })),
      text_messages: data.textsSent.map((sent) => ({ at: sent.at, other_service: sent.atDoor })),
      read_by: data.views.map((view) => ({
        at: view.at,
        what: view.action,
        roles: view.roles,
        purpose: view.purpose,
        fields: view.fields,
        service: view.service,
      })),
      requests: data.requests.map((request) => ({
        kind: request.kind,
        state: request.state,
        received_at: request.receivedAt,
        due_at: request.dueAt,
        decided_at: request.decidedAt,
        reason: request.reason,
        held_until: request.heldUntil,
      })),
    },
    null,
    2,
  );
}

/** The same to be read, in the language of the page. */
export function ownDataPdf(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  data: OwnDownload,
  now: Date,
): Promise<Buffer> {
  const words = rightsWords(c);
  const { library, lang } = words;
  const { office, rights, signIn, status } = texts(lang);
  const { profile, consents } = library.settings;
  const values = data.person ?? {};
  const items = dataItems({ values, regions: data.regions }, formWords(library, lang), status);
  return deps.documents.letterPdf({
    title: rights.title,
    author: profile.name,
    accent: library.settings.look.colour,
    lang,
    now,
    pageOf: (page, pages) => rights.download.pageOf(String(page), String(pages)),
    lead: [
      rights.lead,
      timeText(words, now),
      [profile.unit, profile.email, profile.phone].filter((part) => part !== '').join(', '),
    ],
    sections: [
      {
        heading: rights.held.title,
        paragraphs: [rights.held.maskedFile, ...(data.photo === null ? [] : [rights.download.photoInJson])],
        rows: [...items.map((item) => [item.label, item.value] as const), ...heldItems(words, data)],
      },
      { heading: rights.held.retention, paragraphs: [consents.notice.retention[lang]] },
      {
        heading: rights.held.latestVisits,
        rows: data.visits.latest.map(
          (visit) => [timeText(words, visit.at), purposeName(words, visit.purpose)] as const,
        ),
      },
      {
        heading: rights.views.title,
        paragraphs: data.views.length === 0 ? [rights.views.empty] : [],
        rows: data.views.map(
          (view) =>
            [
              timeText(words, view.at),
              `${viewerText(words, view)}: ${rights.views.actions[view.action]} (${viewReason(words, view)})`,
            ] as const,
        ),
      },
      {
        heading: signIn.own.title,
        rows: data.services.map(
          (one) =>
            [
              one.title,
              `${one.scopes.map((scope) => signIn.consent.knows[scope]).join('; ')}. ${signIn.own.since(dayText(words, one.since))}`,
            ] as const,
        ),
      },
      {
        heading: signIn.own.endedTitle,
        rows: data.endedServices.map(
          (one) =>
            [
              one.title,
              `${one.scopes.map((scope) => signIn.consent.knows[scope]).join('; ')}. ${signIn.own.since(dayText(words, one.since))}. ${
                one.endedAt === null ? '' : signIn.own.endedOn(dayText(words, one.endedAt))
              }`,
            ] as const,
        ),
      },
      {
        heading: rights.sentTo.title,
        rows: data.sentTo.map(
          (one) =>
            [
              timeText(words, one.at),
              `${office.exporting.targets[one.target]}: ${
                one.identityNumbers ? rights.sentTo.withNumbers : rights.sentTo.withoutNumbers
              }`,
            ] as const,
        ),
      },
      {
        heading: signIn.own.passkeys,
        rows: data.passkeys.map(
          (one) => [one.label, signIn.own.since(dayText(words, one.createdAt))] as const,
        ),
      },
      {
        heading: rights.texts.title,
        rows: data.textsSent.map(
          (sent) =>
            [timeText(words, sent.at), sent.atDoor ? rights.texts.atDoor : rights.texts.sent] as const,
        ),
      },
      {
        heading: rights.ledger.title,
        rows: data.ledger.map(
          (word) => [rights.ledger.purposes[word.purpose], ledgerText(words, word)] as const,
        ),
      },
      {
        heading: rights.requests.title,
        paragraphs: data.requests.length === 0 ? [rights.requests.none] : [],
        rows: data.requests.map(
          (request) =>
            [
              rights.kinds[request.kind],
              `${rights.requests.received(timeText(words, request.receivedAt))}. ${
                answerText(words, request) ?? rights.requests.due(timeText(words, request.dueAt))
              }`,
            ] as const,
        ),
      },
    ].filter((section) => (section.rows?.length ?? 0) + (section.paragraphs?.length ?? 0) > 0),
  });
}
