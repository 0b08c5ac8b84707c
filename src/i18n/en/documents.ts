import type { DocumentsTexts } from '../id/documents.ts';

export const documents: DocumentsTexts = {
  card: {
    title: 'Library Member Card',
    number: 'Member number',
    memberType: 'Member type',
    validUntil: 'Valid until',
    lifetime: 'Lifetime',
    rules: 'Rules',
    scan: 'Scan to check that this card is genuine',
    found: 'If you find this card, please return it to',
    file: 'Member card',
  },
  form: {
    online: 'Faster: scan this code and fill in the form on your phone.',
    howToFill: 'Please use block letters. Mark your choice with a cross.',
    ticket: 'Ticket number',
    day: 'day',
    month: 'month',
    year: 'year',
    signatureName: 'Name in full',
    date: 'Date',
    place: 'Place',
    agree: 'I agree',
    disagree: 'I do not agree',
    page: (page: number, of: number) => `Page ${page} of ${of}`,
    address: {
      village: 'Village',
      district: 'District',
      regency: 'Regency or city',
      province: 'Province',
    },
  },
};
