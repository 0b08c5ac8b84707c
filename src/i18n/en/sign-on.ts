import type { SignOnTexts } from '../id/sign-on.ts';

export const signOn: SignOnTexts = {
  title: 'Staff single sign-on',
  about:
    'Staff come in through the government’s identity provider (OpenID Connect). Accounts, roles and closing an account stay here.',
  anyProvider: 'the identity provider',
  enter: (name) => `Sign in with ${name}`,
  or: 'or',
  chooseFirst: 'Sign in through the government’s identity provider',
  chooseLibrary: 'Your library',
  choose: 'Continue',
  requiredHere: (name) =>
    `Officers whose account is linked sign in with ${name}. The password below is for admins and for officers who are not linked yet.`,
  only: (name) =>
    `The password is right, but your library asks you to sign in with ${name}. Where ${name} cannot be used, turn to an admin of the library.`,
  leftHere: (name) => `You have signed out of this service. At ${name} you may still be signed in.`,
  leaveThere: (name) => `Sign out of ${name} as well`,
  notIn: (name) => `Not signed in with ${name} yet`,
  again: (name) => `Try again with ${name}`,
  otherWays: 'Other ways to sign in',
  downElse: 'Try again in a moment, or sign in with your password.',
  downRequired:
    'Try again in a moment. If it still fails, turn to an admin of the library: admins sign in with their password and second factor and open the password door for everybody again under Settings › Staff single sign-on.',
  confirmed: 'Confirmed',
  confirmedLead: 'Close this tab, go back to the tab with the form and press “Done, continue”.',
  confirmBy: (name) => `Confirm through ${name}`,
  confirmTab: (name) =>
    `${name} opens in a new tab and asks you to sign in once more. Then come back here; what you typed is waiting.`,
  confirmGo: 'Done, continue',
  confirmOnlyLead: (name) =>
    `This is a sensitive action. Prove once more who you are through ${name}; for the next 10 minutes you are not asked again.`,
  ways: {
    password: 'Password',
    code: 'Password and app code',
    recovery_code: 'Password and recovery code',
    passkey: 'Passkey',
    sign_on: 'Identity provider',
    sign_on_factor: 'Identity provider with a second factor',
  },
  waysByProvider: {
    code: 'Identity provider and app code',
    recovery_code: 'Identity provider and recovery code',
    passkey: 'Identity provider and passkey',
  },
  way: 'Signed in by',
  refusals: {
    address: (name) =>
      `The address of ${name} may not be asked: it is not https, or lies in an internal network. An admin can allow the government’s network in its settings.`,
    name: (name) =>
      `The host name of ${name} was not found. Check how the issuer is spelt, and the server’s DNS.`,
    connection: (name) => `${name} cannot be reached from this server.`,
    certificate: (name) =>
      `The https certificate of ${name} cannot be trusted: expired, for another name, or by an authority that this server does not know.`,
    slow: (name) => `${name} takes too long to answer.`,
    'too-large': (name) => `The answer of ${name} is too large; it is not that of an identity provider.`,
    'not-a-provider': (name) =>
      `No OpenID Connect provider answers at the address of ${name}. The issuer is written without /.well-known behind it.`,
    'other-issuer': (name) =>
      `${name} calls itself by another issuer. Copy the “issuer” exactly as the provider writes it.`,
    unsuitable: (name) =>
      `${name} does not offer what is needed: the authorization code flow on an https page, and published keys.`,
    client: (name) =>
      `${name} does not know this service’s account. An admin has to check the client id and its secret.`,
    denied: (name) => `${name} did not let you in, or you cancelled it.`,
    code: (name) => `${name} does not take that answer any more: it was used, or is too old. Begin again.`,
    token: (name) =>
      `The answer of ${name} cannot be trusted and was refused. Begin again; if it happens again, tell an admin.`,
    stale: (name) => `${name} did not confirm that you have just signed in there. Begin again.`,
    state: (name) =>
      `The answer of ${name} is not one to the last request of this browser, or 10 minutes have passed. Begin again.`,
    sign_on_no_factor: (name) =>
      `${name} does not say that a second factor was used, which your library asks for. Switch it on there and try again.`,
    sign_on_domain: (name) =>
      `That account at ${name} has no verified e-mail address of the office that the library asks for.`,
    sign_on_unlinked: (name) =>
      `That account at ${name} is not linked to an open officer’s account of this library. Ask an admin of the library to link it, or sign in with your password and link it yourself.`,
    'no-provider': () =>
      'This library uses no identity provider at this address. Choose another way to sign in.',
    taken: (name) => `That account at ${name} is linked to another officer of this library.`,
    'other-person': (name) =>
      `Whoever signed in at ${name} is not the owner of this officer’s account. Sign in there with your own.`,
  },
  own: {
    title: 'Identity provider account',
    none: 'Your library uses no identity provider.',
    lead: (name) => `Once linked, you can sign in here with ${name}.`,
    linked: 'Linked',
    notLinked: 'Not linked yet',
    linkedAt: 'Linked since',
    lastUsedAt: 'Last used to sign in',
    link: 'Link my account',
    linkAgain: 'Link another account',
    unlink: 'Unlink',
    only: (name) =>
      `The library asks you to sign in with ${name}; the password here opens nothing. Only an admin can unlink you.`,
    leave: (name) => `On to ${name}`,
    leaveLead: (name) =>
      `${name} will ask you to sign in once more. Use your own account: whoever can sign in with it there can enter your officer’s account.`,
    leaveNow: (name) => `Continue to ${name}`,
    done: {
      linked: 'Your account is linked. Your sessions elsewhere have ended.',
      unlinked: 'Unlinked.',
      only: 'Only an admin can unlink this account.',
      notLinked: 'There is no link.',
    },
  },
  officer: {
    title: 'Identity provider',
    linked: 'Linked',
    expected: 'First sign-in awaited',
    none: 'Not linked yet',
    identifier: (claim) => `What the provider knows the officer by (${claim})`,
    identifierHint:
      'For example the NIP or the office’s e-mail address, exactly as at the provider. Whoever signs in with it first is linked for good. Kept as a digest, so it is not shown again.',
    expect: 'Save',
    unlink: 'Unlink',
    own: 'Your own link is under Sessions › Identity provider account.',
    problems: {
      'expected-missing': 'Enter it, 200 characters at most.',
      'expected-taken': 'Another officer is awaited by it already.',
      'no-provider': 'The identity provider was removed.',
    },
    done: {
      expected: 'Saved. The officer can sign in through the provider.',
      unlinked: 'Unlinked.',
    },
  },
  settings: {
    standing: 'State',
    none: 'There is no provider yet.',
    on: 'In use',
    off: 'Switched off',
    counts: (linked, expected) => `${linked} officers linked, ${expected} awaited for their first sign-in.`,
    tryOut: 'Try the connection',
    works:
      'The connection works: the provider answers, its keys can be read, client id and secret are accepted.',
    notes: {
      'no-pkce-told': 'The provider does not say that it knows PKCE S256. This service uses it all the same.',
      'no-logout': 'The provider has no sign-out page: who signs out here stays signed in there.',
      'factor-not-told':
        'The provider does not name that value among its acr values. Values of amr are never named: sign in once to see.',
    },
    remove: 'Remove the provider',
    removeAbout:
      'Removing the provider, or changing its issuer, ends all links and every session that came through it.',
    tellThem: 'For those who run the provider',
    tellThemAbout: 'Register this service as a confidential client with the code flow and this address.',
    redirectUri: 'Redirect URI',
    fields: {
      name: 'Name on the button',
      issuer: 'Issuer',
      clientId: 'Client id',
      secret: 'Client secret',
      scopes: 'Scopes',
      claim: 'Claim that names the officer',
      emailDomain: 'Only e-mail addresses of',
      secondFactor: 'Values of acr or amr for a second factor',
    },
    hints: {
      name: 'For example Portal Pegawai.',
      issuer: 'Begins with https://, for example https://sso.contoh.example/realms/pegawai.',
      clientId: 'From those who run the provider.',
      secret: 'From those who run the provider. Kept sealed and not shown again.',
      scopes: 'Separated by spaces; openid is always asked for.',
      claim: 'Used at the first sign-in, for example preferred_username, email or nip.',
      emailDomain: 'For example contoh.example. Others are refused.',
      secondFactor:
        'For example otp or hwk, separated by spaces. Where filled in, one of them must come and counts as the second factor. Left empty, the provider is one factor: who has an app or a passkey here is asked for it.',
    },
    secretKept: 'Leave it empty to keep the one that is stored.',
    rules: 'Rules',
    ruleNames: {
      aktif: 'In use',
      wajib: 'Linked officers come in through the provider only',
      jaringan: 'The provider stands in the government’s internal network',
    },
    ruleAbout: {
      aktif: 'Its button is on the sign-in page.',
      wajib: 'Their password and passkeys open nothing. Admins keep their own door.',
      jaringan: 'Addresses like 10.x and 192.168.x may be asked. Those of this server itself never are.',
    },
    noWayBack:
      'Not saved: first there has to be an admin with an own password and a second factor. Through that door everything is opened again when the provider cannot be used.',
    problems: {
      'name-missing': 'Enter a name of 60 characters at most.',
      'issuer-wrong':
        'Enter an address that begins with https://, without a question mark or a password in it.',
      'client-missing': 'Enter the client id, 200 characters at most.',
      'secret-missing': 'Enter the client secret.',
      'secret-elsewhere':
        'Issuer or client id have changed: enter the secret again, so that it goes nowhere else.',
      'secret-too-long': 'The secret has 500 characters at most.',
      'scopes-wrong': 'Enter ten scopes at most, separated by spaces.',
      'claim-wrong': 'Enter the name of a claim: letters, digits, dot, underscore, hyphen, colon, slash.',
      'domain-wrong': 'Enter a domain like contoh.example, without @ and https.',
      'factor-wrong': 'Enter ten values at most, separated by spaces.',
    },
    done: {
      saved: 'Saved. Now try the connection.',
      removed: 'The provider was removed. All officers sign in with their password.',
    },
  },
};
