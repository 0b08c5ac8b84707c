import type { SignInTexts } from '../id/sign-in.ts';

/** Texts of signing in to other services: for members, and for the admin who connects a service. */
export const signIn: SignInTexts = {
  enter: {
    title: (service) => `Sign in to ${service}`,
    lead: (service, library) =>
      `${service} asks you to sign in as a member of ${library}. No password is needed.`,
    number: 'Member number',
    numberHint: {
      email: 'It is on your card or KTA online. We send a code to the e-mail address on file.',
      sms: 'It is on your card or KTA online. We send a code by text message to the mobile number on file.',
      both: 'It is on your card or KTA online. We send a code to the e-mail address or mobile number on file.',
    },
    numberMissing: 'Enter your member number.',
    send: 'Send code',
    passkeyTitle: 'Is there a passkey on this device?',
    passkey: 'Sign in with a passkey',
    passkeyFailed: 'That passkey is not known here, or was removed. Sign in with a code.',
    off: 'This library cannot send e-mail or text messages yet, so no code can be sent. Contact the library.',
    counter: {
      email:
        'No e-mail address on file, or another one by now? Come to the counter with an identity document.',
      sms: 'No mobile number on file, another one by now, or no message has come (there is a limit for each day)? Come to the counter with an identity document.',
      both: 'Neither e-mail address nor mobile number on file, others by now, or no code has come (there is a limit of text messages for each day)? Come to the counter with an identity document.',
    },
    cancel: (service) => `Cancel and go back to ${service}`,
  },
  code: {
    title: 'Type the code',
    sent: {
      email: (minutes) =>
        `If that is a member number with an e-mail address on file, a six-digit code is on its way there. It arrives within a minute and works for ${minutes} minutes.`,
      sms: (minutes) =>
        `If that is a member number with a mobile number on file, a six-digit code is on its way there by text message. It arrives within a minute and works for ${minutes} minutes.`,
      both: (minutes) =>
        `If that is a member number with an e-mail address or a mobile number on file, a six-digit code is on its way there. It arrives within a minute and works for ${minutes} minutes.`,
    },
    submit: 'Sign in',
    again: 'Ask for a new code',
    over: 'That code was used, is too old, or was mistyped too often. Ask for a new one.',
  },
  keep: {
    title: 'Without waiting for a code next time?',
    lead: 'Keep a passkey on your own phone or computer. Next time your fingerprint, face or the PIN of the device is enough. Not on a shared computer.',
    label: 'Name of the passkey',
    labelHint: 'So that you know it again, such as “my phone”.',
    usual: 'My device',
    make: 'Keep a passkey',
    skip: 'Skip and go on',
    refused: 'The passkey was not kept. Try again, or skip this.',
    'too-many': 'There are too many passkeys already. Remove one on the page “My data”.',
    'label-missing': 'Enter a name for the passkey, at most 60 characters.',
  },
  consent: {
    title: (service) => `Allow ${service}?`,
    lead: (service) => `If you allow it, ${service} will know:`,
    knows: {
      openid: 'that you are a member of this library, by a code that only this service gets',
      profile: 'your name',
      membership: 'your member number, member type, validity and standing',
      offline_access: 'changes of these also while you are not using it, until you end it',
    },
    not: 'Nothing else: your NIK, address, birth date, e-mail address, telephone number, photo and visits are not told.',
    once: 'This is remembered. You can see and end it at any time on the page “My data” of your KTA online.',
    always: 'You will be asked at each sign-in.',
    leads: (host) => `You are then taken to ${host}.`,
    allow: 'Allow',
    refuse: 'Do not allow',
  },
  stopped: {
    title: 'Cannot sign in yet',
    'not-active': (service) =>
      `${service} is only for members in good standing. Your membership is not active at the moment, or has expired. Renew it or ask at the counter.`,
    child: (service) =>
      `${service} cannot be used by members under 18, or the consent of a parent or guardian or your birth date is not on record. Ask at the counter.`,
    gone: 'This membership has ended, so it cannot be used to sign in.',
    back: (service) => `Back to ${service}`,
  },
  problem: {
    overTitle: 'This sign-in is over',
    over: 'It was used already or left for too long. Go back to the service you wanted and begin again.',
    title: 'That service cannot ask you to sign in',
    text: 'What the service asked for is incomplete or does not fit what was registered at the library. Nothing was told. Pass this code on to whoever runs the service:',
    logoutTitle: 'Sign out?',
    logoutText: 'You sign out of the library’s door in this browser.',
    logoutYes: 'Sign out',
    logoutNo: 'Stay signed in',
    doneTitle: 'You are signed out',
    doneText: 'On a shared computer, close this browser as well.',
  },
  own: {
    title: 'Services that know you',
    about:
      'Other services where you signed in as a member. Ending takes effect at once; what the service knows already is up to that service.',
    empty: 'None yet.',
    since: (date) => `Since ${date}`,
    lastUsed: (time) => `Last used ${time}`,
    end: 'End',
    endOf: (service) => `End ${service}`,
    ended: 'Ended. That service can no longer ask for your data.',
    part: 'Do not tell it any more',
    partOf: (what, service) => `Do not tell ${service} any more: ${what}`,
    narrowed:
      'That part was taken back. The service can no longer ask for it; if it does when you sign in, you are asked first.',
    endedTitle: 'Services whose permission has ended',
    endedOn: (date) => `Ended ${date}`,
    passkeys: 'Your passkeys',
    passkeysAbout:
      'With a passkey you sign in to other services without a code. Remove those of lost devices.',
    remove: 'Remove',
    removeOf: (label) => `Remove passkey ${label}`,
    removed: 'The passkey was removed. Remove it from your device too, so that it is no longer offered.',
  },
  office: {
    title: 'Members signing in to other services',
    about: 'Services that know members through the library (OpenID Connect).',
    lead: 'Other services, such as e-books, know members through the library: a member signs in by member number and code, and consents.',
    isOff: 'Signing in of members is not switched on: the services below cannot be used yet.',
    turnOn: 'Open the setting',
    issuer: 'Issuer',
    issuerHint: 'Enter this at the service; it reads everything else from there by itself.',
    list: 'Services',
    empty: 'No services yet.',
    add: 'Connect a service',
    create: 'Create',
    nameHint: 'Small letters, digits and hyphens, such as e-books.',
    serviceTitle: 'Name for members',
    serviceTitleHint: 'As members read it on the consent page.',
    redirects: 'Addresses to come back to after signing in',
    redirectsHint:
      'One a line, complete, https, and exactly as the service sends them. A program on the member’s own computer: http://127.0.0.1 only.',
    afterLogout: 'Addresses to come back to after signing out',
    afterLogoutHint: 'May be empty. One a line.',
    method: 'How the service proves who it is',
    methods: {
      basic: 'Secret in the header (client_secret_basic)',
      post: 'Secret in the body (client_secret_post)',
      none: 'No secret: an app on a phone or in a browser (PKCE alone)',
      jwt: 'A signature with a key of its own (private_key_jwt)',
    },
    publicKeys: 'Public keys of the service (JWKS)',
    publicKeysHint:
      'Only for a service that signs: copy the JSON here, at most 4 keys, RSA from 2048 bits or P-256. An address is not opened.',
    scopes: 'What it may know',
    scopeNames: {
      profile: 'Name (profile)',
      membership: 'Number, type, validity and standing (membership)',
    },
    ask: 'Consent of members',
    asks: { once: 'Remembered until the member ends it', always: 'Asked at each sign-in' },
    admits: 'Who may sign in',
    admitted: {
      active: 'Members in good standing only',
      all: 'Also suspended, expired and cleared ones; their standing is told as it is',
    },
    algorithm: 'Signature of tokens',
    rights: 'More',
    rightNames: {
      children:
        'Members under 18 may sign in where the consent of a parent or guardian is on record. Tick this only if the service works on behalf of the library.',
      offline: 'May stay signed in without the member (refresh token)',
      paused: 'Paused: cannot be used for now',
    },
    pausedState: 'paused',
    shownFor: (name) => `Service ${name}`,
    clientId: 'Number of the service (client_id)',
    secret: 'Secret (client_secret)',
    shownOnce: 'The secret is shown only now. Copy it to the service, then close this page.',
    noSecret: 'This service uses no secret.',
    changeTitle: (name) => `Change service ${name}`,
    changed: 'Saved, and in force from the next request on.',
    revoked: 'The service was revoked. All its consents and tokens are void.',
    keys: 'Signing keys',
    keysAbout: 'A replaced key is still published for seven days, so that no service is cut off.',
    rotate: 'Replace keys',
    rotated: 'The keys were replaced.',
    keyStates: { active: 'in use', retired: 'replaced' },
    problems: {
      'title-invalid': 'Enter the name for members, at most 80 characters.',
      'redirect-invalid':
        'Enter 1 to 10 complete addresses that begin with https://, without #, * or a user name; on the member’s own computer http://127.0.0.1.',
      'keys-invalid':
        'Enter the public keys of the service as JSON (JWK or JWKS): 1 to 4 keys, RSA from 2048 bits or P-256, for signatures.',
      'keys-private':
        'This is a private key, and it was not kept. Have the service make a new pair, and enter its public part only.',
      'redirect-mixed':
        'Addresses with https and those of the member’s computer cannot be mixed. Make two services.',
    },
  },
};
