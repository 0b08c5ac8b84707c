import type { KtaTexts } from '../id/kta.ts';

export const kta: KtaTexts = {
  gate: {
    open: 'Show it at the gate',
    title: 'Member card, for the officer',
    close: 'Close',
    bright: 'Hard to scan? Make the screen brighter.',
    until: (date) => `Valid until ${date}`,
    lifetime: 'Valid for life',
  },
  code: {
    moving: 'QR code of this card, changes every 30 seconds',
    still: 'QR code of a picture of this card',
    none: 'The code for the gate is not shown while the card is not valid. The member number can still be scanned at the counter.',
    again: 'Use it on this phone',
    say: {
      moving: 'A moving code: it changes every 30 seconds. A screenshot is not taken at the gate.',
      still: 'This code does not move. At the gate the officer will look at the person.',
      waiting: 'Preparing the moving code…',
      insecure:
        'This page was opened over http, so its code cannot move. At the gate the officer will look at the person.',
      unsupported: 'This browser cannot make a moving code. At the gate the officer will look at the person.',
      offline:
        'Without internet the moving code could not be prepared yet. Connect for a moment, or show this code: the officer will look at the person.',
      clock:
        'The clock of this phone was changed, so a moving code cannot be trusted. Connect to the internet for a moment; until then the officer will look at the person.',
      soon: 'A moving code. Connect the phone to the internet before {date}, so that it keeps moving.',
      over: 'This phone was without internet for too long, so its code stopped moving. Connect for a moment; until then the officer will look at the person.',
      displaced: 'This card is kept on three newer phones. The code on this phone will stop moving.',
      many: 'This card was opened on too many phones just now. The officer will look at the person; at the counter you can ask for a new address of your card.',
      expired: 'This card has expired.',
    },
  },
  remind: {
    title: 'Renew your card',
    days: 'Valid for {n} more days',
    lastDay: 'Today is its last day',
    soon: (date) =>
      `This card is valid until ${date}. Come to the counter before that: number and address of the card stay, and the days that are left are not lost.`,
    bring: 'Bring this card and your identity card.',
    where: 'Where',
    phone: 'Telephone',
    hours: 'Opening hours',
    library: 'Page of the library',
  },
  keep: {
    about:
      'The card opens without internet too, and its code keeps moving for 28 days; whenever there is internet they begin anew. A phone keeps it from the first opening on, a computer only if you ask. Not your phone? Remove it after use.',
    phones: 'Three phones at most: the fourth takes the place of the first.',
    forget: 'Remove it from this phone',
    forgotten: 'It was removed from this phone.',
    failed: 'Not kept yet. Check the internet connection, then try again.',
  },
  save: {
    title: 'Save it as a picture or PDF',
    about:
      'As a spare. The code on a picture does not move: pictures can be copied, so the officer will look at the person.',
    png: 'Save a picture',
    pdf: 'Save a PDF',
    offline: 'A download needs the internet.',
  },
  picture: {
    title: (number) => `Member card ${number}`,
    notProof: 'This picture is no proof. The officer will look at the person.',
    about: (date) => `Saved on ${date}. Only the card online has the code that moves.`,
  },
  lost: {
    title: 'Lost your phone?',
    text: 'Come to the counter with an identity card. An officer ends this address, the codes on all phones, saved pictures and the printed card at once, and gives you a new card. Your member number stays.',
    why: 'This page itself cannot end the card: whoever holds the phone could press that button too.',
  },
};
