import type { OfficeTexts } from '../../id/office.ts';

/** Anchors of the audit trail: the page and the mail. */
export const anchor: OfficeTexts['anchor'] = {
  title: 'Anchor of the audit trail',
  link: 'Anchor to print',
  lead: 'The audit trail is sealed all the time; each seal binds every row before it. Keep this anchor outside the service: printed, written down, or read out to somebody else. With it, it can be shown later that the audit trail up to that day was never changed.',
  ofDay: (day) => `Anchor of ${day}`,
  soFar: 'Today is not over: this anchor covers the rows up to the last seal.',
  seal: 'Seal number',
  rows: 'Rows it covers',
  sealedAt: 'Sealed',
  digest: 'Fingerprint',
  digestHint: 'Sixteen groups of four, digits 0–9 and letters a–f. Read it out line by line.',
  qr: 'QR code with the library, the date, the number of the seal and the same fingerprint',
  print: 'Print this page',
  library: 'Library',
  signed: 'Kept by (name, date, signature)',
  none: 'Nothing has been sealed yet.',
  noneAbout: 'The first rows are sealed a few seconds after the service has started.',
  days: 'The last days',
  day: 'Date',
  begins: 'Fingerprint begins',
  open: (day) => `Open the anchor of ${day}`,
  today: 'Anchor of today',
  verify: 'Checking an old anchor',
  verifyAbout:
    'Whoever runs the server gives this command the printed fingerprint. It computes all seals again and says whether the anchor still stands.',
  mail: {
    subject: (day, library) => `Anchor of the audit trail ${day}, ${library}`,
    text: (library, day, seal, rows, digest) =>
      `${library}\n\nAnchor of the audit trail up to the end of ${day}:\n\nSeal number ${seal}, over ${rows} rows.\n\n${digest}\n\nKeep this mail. With the fingerprint above it can be shown later that the audit trail up to that day was never changed:\nnpm run audit:verify -- --anchor <fingerprint>\n\nThis mail is sent by itself every day and holds no personal data.\n`,
  },
};
