/** What the source holds none of, or only where it was looked at: docs/security.md names each of these. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const folder = import.meta.dirname;
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll(path.sep, '/'))
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|\.d\.ts$/.test(file))
  .sort()
  .map((file) => ({ file, text: readFileSync(path.join(folder, file), 'utf8') }));

/** Files in which it stands. */
const filesWith = (pattern: RegExp) =>
  sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);
/** Everything that the first group finds, each once. */
const namedBy = (pattern: RegExp) =>
  [...new Set(sources.flatMap(({ text }) => [...text.matchAll(pattern)].map(([, name]) => name)))].sort();

it('reads the whole source', () => {
  expect(sources.length).toBeGreaterThan(500);
});

it('makes no program out of text', () => {
  expect(filesWith(/\beval\(|new Function\(|setTimeout\(['"`]|node:vm|\bjavascript:/)).toEqual([]);
});

it('starts programs with a list of arguments, never by a shell', () => {
  expect(filesWith(/\bshell:|\bexec\(\s*[`'"]|\bexecSync\(/)).toEqual([]);
  expect(namedBy(/import \{([^}]*)\} from 'node:child_process'/g).map((names) => names?.trim())).toEqual([
    'execFile',
    'spawn',
    'type ChildProcess, fork',
    'type ChildProcess, spawn',
    'type ChildProcess, type SendHandle, type Serializable, spawn',
  ]);
});

it('builds regular expressions of constants, and of names only once their signs are escaped', () => {
  expect(filesWith(/\bRegExp\(/)).toEqual([
    'domain/identity-in-text.ts',
    'domain/names-in-text.ts',
    'interop/xlsx-rows.ts',
    'web/middleware/record-views.ts',
  ]);
  // Of whatever stands in the pieces that are put in, the one file that knows names has let `escaped` have it first.
  const names = sources.find(({ file }) => file === 'domain/names-in-text.ts')?.text ?? '';
  const put = [...names.matchAll(/new RegExp\(\s*`((?:[^`\\]|\\.)*)`/g)].flatMap(([, text]) =>
    [...(text ?? '').matchAll(/\$\{([^}]*)\}/g)].map(([, piece]) => piece),
  );
  expect([...new Set(put)].sort()).toEqual([
    'ADDRESSED',
    'escaped(mark)',
    'escaped(word)',
    'lead',
    'spaced',
    'whole',
  ]);
  expect(names).toContain('const whole = words.map(escaped).join(');
  expect(names).toContain("const digits = mark.replace(/\\D/g, '')");
});

it('puts markup into a page as it is only where the service has drawn it', () => {
  expect(filesWith(/\binnerHTML\b|outerHTML|insertAdjacentHTML|document\.write|dangerouslySet/)).toEqual([
    'islands/card-designer.ts',
  ]);
  const asItIs = namedBy(/\{raw\((.*)\)\}/g);
  expect(asItIs.length).toBeGreaterThan(8);
  const drawn =
    /^'<!DOCTYPE html>'$|^(?:props\.)?(?:qr|svg|barcode)$|qrSvg\(|^sides\.|^preview\[|^serviceStructuredData\(/;
  // The form is the provider's own, of a name and a key.
  expect(asItIs.filter((one) => !drawn.test(one ?? ''))).toEqual(['form']);
  expect(filesWith(/\braw\b[^;]*from 'hono/).length).toBe(filesWith(/\{raw\(/).length);
});

it('pages talk to their own workers only, and have nothing that browsers gave up', () => {
  expect(
    filesWith(/(window|parent|opener|top|frames\[\d\])\.postMessage|addEventListener\(\s*'message'/),
  ).toEqual(['islands/gate-worker.ts', 'islands/kta-worker.ts']);
  expect(
    filesWith(
      /<(embed|applet|frameset|marquee|object )\b|document\.domain|ActiveX|execCommand|showModalDialog/,
    ),
  ).toEqual([]);
});

it('nothing keeps a password from being pasted, or from the browser’s own keeping', () => {
  expect(filesWith(/['"]paste['"]|onpaste|onPaste|['"]beforeinput['"]/)).toEqual([]);
});

it('asks for ciphers, hashes and curves of 128 bits and more, MD5 for no secret, SHA-1 for apps’ codes and others’ lists', () => {
  expect(namedBy(/create(?:Cipher|Decipher)iv\('([^']+)'/g)).toEqual(['aes-256-ecb', 'aes-256-gcm']);
  expect(namedBy(/create(?:Hash|Hmac)\(\s*'([^']+)'/g)).toEqual(['sha1', 'sha256']);
  expect(filesWith(/create(?:Hash|Hmac|Cipheriv|Decipheriv)\(\s*[^'\s]/)).toEqual([]);
  expect(filesWith(/'aes-256-ecb'/)).toEqual(['cli/match/person-rows.ts', 'db/block-cmac.ts']);
  expect(filesWith(/\bmd5\b/i)).toEqual(['usecases/change-setting.ts']);
  expect(filesWith(/['"]sha-?1['"]/i)).toEqual(['breached-passwords.ts', 'usecases/second-factor.ts']);
  expect(namedBy(/namedCurve: '([^']+)'/g)).toEqual(['P-256']);
  expect(namedBy(/modulusLength: ([\d_]+)/g)).toEqual(['3072']);
  // Chance that secrets hang on comes from the system's own source.
  expect(filesWith(/\bMath\.random\(/)).toEqual(['islands/live-queue.ts', 'islands/send-again.ts']);
});

it('leaves the checking of certificates as it is, everywhere', () => {
  expect(filesWith(/rejectUnauthorized|checkServerIdentity|NODE_TLS_REJECT|insecureHTTPParser/)).toEqual([
    'config.ts',
    'db/foreign/tls.ts',
  ]);
  // One asks for it where the driver's default is not to, the other refuses such an address of a mail server.
  expect(sources.find(({ file }) => file === 'db/foreign/tls.ts')?.text).toContain(
    'rejectUnauthorized: true, verifyIdentity: true',
  );
  expect(sources.find(({ file }) => file === 'config.ts')?.text).toContain(
    "getAll('tls.rejectUnauthorized').every((value) => value === 'true')",
  );
});

it('writes its log in one place, a line of JSON for each entry', () => {
  const writers = filesWith(/\bconsole\.|process\.std(out|err)/).filter((file) => !/^cli\//.test(file));
  // Sealed rows of the audit log, where AUDIT_TO says so.
  expect(writers).toEqual(['interop/audit-sink.ts']);
  // Whatever stands in an entry, a line break or a quote, JSON writes it within the line.
  expect(sources.find(({ file }) => file === 'cli/start.ts')?.text).toContain(
    '(entry) => console.log(JSON.stringify({ time: new Date().toISOString(), ...entry }))',
  );
  expect(filesWith(/\bstartService\(/)).toEqual(['cli/start.ts', 'main.ts']);
});

it('what only tests and demonstrations need is reached by no other part', () => {
  const importers = (name: string) =>
    sources
      .filter(({ file, text }) => !file.includes(name) && new RegExp(`from '[^']*${name}`).test(text))
      .map(({ file }) => file);
  expect(importers('/gallery/')).toEqual([]);
  expect(importers('/demo/')).toEqual(['cli/demo.ts']);
});
