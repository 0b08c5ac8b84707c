import { z } from 'zod';
import { API_SCOPES } from '../../domain/api-scope.ts';
import { type Operation, operation } from './operation.ts';
import { uuid } from './schemas.ts';

const words = z.object({ id: z.string(), en: z.string() });
const coded = z.object({ code: z.string(), name: words });

const library = z.object({
  slug: z.string(),
  name: z.string(),
  timezone: z.string(),
  scopes: z.array(z.enum(API_SCOPES)),
  service_points: z.array(z.object({ id: uuid, code: z.string(), name: z.string() })),
  member_types: z.array(coded),
  services: z.array(coded),
  documents: z.array(z.string()),
  no_document_reasons: z.array(coded),
  suspension_reasons: z.array(coded),
  consents: z.object({ version: z.string(), notice_url: z.url() }),
});

/** Types and services have a name in two languages, reasons are one. */
type Coded =
  | { readonly code: string; readonly name: { readonly id: string; readonly en: string } }
  | { readonly code: string; readonly id: string; readonly en: string };
const codedOf = (one: Coded) => {
  const { id, en } = 'name' in one ? one.name : one;
  return { code: one.code, name: { id, en } };
};

/** `/library`: whose key it is, what it may, and the codes that other requests name. */
export function libraryOperations(): readonly Operation[] {
  return [
    operation({
      id: 'getLibrary',
      method: 'GET',
      path: '/library',
      tag: 'library',
      scope: null,
      answer: library,
      example: {
        answer: {
          slug: 'banyuwangi',
          name: 'Perpustakaan Contoh',
          timezone: 'Asia/Jakarta',
          scopes: ['cards.verify'],
          service_points: [
            { id: '01890000-0000-7000-8000-0000000000aa', code: 'UTAMA', name: 'Gedung utama' },
          ],
          member_types: [{ code: 'UMUM', name: { id: 'Umum', en: 'General' } }],
          services: [{ code: 'BACA', name: { id: 'Membaca', en: 'Reading' } }],
          documents: ['ktp', 'kia'],
          no_document_reasons: [],
          suspension_reasons: [{ code: 'overdue', name: { id: 'Terlambat', en: 'Overdue' } }],
          consents: {
            version: '2026-1',
            notice_url: 'https://perpus.contoh.test/banyuwangi/teks-persetujuan',
          },
        },
      },
      async handle(call) {
        const { slug, settings, procedure, servicePoints } = call.scope.library;
        return {
          status: 200,
          body: {
            slug,
            name: settings.profile.name,
            timezone: settings.profile.timezone,
            scopes: call.client.scopes,
            service_points: servicePoints.map(({ id, code, name }) => ({ id, code, name })),
            member_types: settings.memberTypes.filter(({ active }) => active).map(codedOf),
            services: settings.services.filter(({ active }) => active).map(codedOf),
            documents: procedure.documents.map(({ type }) => type),
            no_document_reasons: settings.noDocumentReasons.map(codedOf),
            suspension_reasons: settings.suspensionReasons.map(codedOf),
            consents: {
              version: settings.consents.version,
              notice_url: `${call.origin}/${slug}/teks-persetujuan`,
            },
          },
        };
      },
    }),
  ];
}
