import { Hono } from 'hono';
import { NOTICE_TOPICS } from '../../domain/library-settings.ts';
import { formatList } from '../../i18n/format.ts';
import { formContext } from '../../usecases/form-context.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { formWords } from './form-words.ts';

/** Sheets to print: the blank form from the one definition, and the SOP as an official document. */
export function paperRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();

  app.get('/formulir.pdf', async (c) => {
    const library = c.get('library');
    const lang = c.get('lang');
    const { form, service } = textsOf(c);
    const { profile, look, consents, memberTypes } = library.settings;
    const words = formWords(library, lang);
    const any = library.procedure.documentsRule === 'any';
    const list = formatList(
      lang,
      library.procedure.documents.map((document) => service.documents[document.type]),
      any ? 'or' : 'and',
    );
    const extra = memberTypes
      .filter((type) => type.active && type.requirement[lang] !== '')
      .map((type) => `${type.name[lang]}: ${type.requirement[lang]}`);
    const pdf = await deps.documents.paperFormPdf({
      title: form.title,
      library: {
        name: profile.name,
        address: [profile.address, profile.city].filter((part) => part !== '').join(', '),
        colour: look.colour,
      },
      lang,
      intro: [
        {
          title: form.page.requirementsTitle,
          text: [
            (any ? form.page.anyDocument : form.page.allDocuments)(list),
            form.page.childNote,
            ...extra,
          ].join(' '),
        },
        {
          title: form.page.noticeTitle,
          text: NOTICE_TOPICS.map((topic) => consents.notice[topic][lang]).join(' '),
        },
      ],
      sections: deps.documents.paperSections(formContext(scopeOf(c, deps, { kind: 'applicant' }), 'paper'), {
        group: (name) => form.groups[name].title,
        field: (name) => form.fields[name],
        choice: (name, code) => words.choice(name, code),
      }),
      consents: [
        { label: form.fields.acknowledged, text: consents.acknowledgement[lang], kind: 'acknowledge' },
        { label: form.fields.guardian_consent, text: consents.guardianConsent[lang], kind: 'acknowledge' },
        ...consents.items.map((item) => ({
          label: form.fields[item.purpose === 'messages' ? 'consent_messages' : 'consent_photo_on_card'],
          text: item.text[lang],
          kind: 'choice' as const,
        })),
      ],
      signatures: [
        { label: form.signature.applicant },
        { label: form.signature.guardian, hint: form.signature.guardianHint },
      ],
      onlineUrl: `${c.get('origin')}/${library.slug}/daftar`,
      now: deps.now(),
    });
    return pdfAnswer(pdf, `formulir-pendaftaran-${library.slug}.pdf`);
  });

  app.get('/sop.pdf', async (c) => {
    const library = c.get('library');
    const pdf = await deps.documents.sopPdf({ procedure: library.procedure, now: deps.now() });
    return pdfAnswer(pdf, `sop-${library.slug}.pdf`);
  });

  return app;
}

function pdfAnswer(pdf: Uint8Array, name: string): Response {
  return new Response(new Uint8Array(pdf), {
    headers: {
      'Content-Type': 'application/pdf',
      'Content-Disposition': `inline; filename="${name}"`,
      'Cache-Control': 'public, max-age=300',
    },
  });
}
