import type { Context, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { SiteEnv, WebDeps } from '../env.ts';

/**
 * What a page may load: this service's own files and nothing else, no inline script or style, nothing compiled from
 * text. `wasm` is for the pages whose camera reads codes: the reader is WebAssembly.
 */
function contentPolicy(wasm: boolean, formTargets: readonly string[] = []): string {
  return [
    "default-src 'none'",
    `script-src 'self'${wasm ? " 'wasm-unsafe-eval'" : ''}`,
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    // The desk prints a card's PDF from a frame of its own.
    "frame-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self' blob:",
    ["form-action 'self'", ...formTargets].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

const PAGE_POLICY = contentPolicy(false);
const SCANNER_POLICY = contentPolicy(true);

/**
 * Files that pages of this service fetch: built ones, pictures, the manifest of an installed page. They load nothing
 * themselves (a service worker, whose script has a policy of its own, is not among them), so the rules of documents
 * say nothing about them, and each of the ten that an old phone fetches for the form would carry a kilobyte of rules.
 */
const isPartOfPage = (path: string, type: string) =>
  path.startsWith('/assets/') || /^(?:image\/(?:png|jpeg|webp)|application\/manifest\+json)\b/.test(type);
const PART_POLICY = "default-src 'none'";
const ONLY_FOR_DOCUMENTS = [
  'Cross-Origin-Opener-Policy',
  'Origin-Agent-Cluster',
  'Permissions-Policy',
  'X-DNS-Prefetch-Control',
  'X-Frame-Options',
];

/** Not `no-referrer`: a form of such a page names no origin, and over plain http nothing else says that it is ours. */
const REFERRER_POLICY = 'same-origin';

/** For a page whose forms lead to other sites in the end. @param formTargets origins */
export function pagePolicy(formTargets: readonly string[] = []): string {
  return formTargets.length === 0 ? PAGE_POLICY : contentPolicy(false, formTargets);
}

/** For a page with a camera that reads codes; said before it answers. */
export function allowScanner(c: Pick<Context, 'header'>): void {
  c.header('Content-Security-Policy', SCANNER_POLICY);
}

/**
 * Headers of every answer, assets and the routes of operation included. A route that is stricter or, like the desk's
 * PDF, must be framed by this service says so itself.
 */
export function securityHeaders(deps: Pick<WebDeps, 'hstsSubdomains'>): MiddlewareHandler<SiteEnv> {
  const transport = `max-age=31536000${deps.hstsSubdomains === true ? '; includeSubDomains' : ''}`;
  const others = secureHeaders({
    referrerPolicy: REFERRER_POLICY,
    strictTransportSecurity: false,
    // Read by programs that are no browsers of today.
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
    xFrameOptions: 'DENY',
    // `publickey-credentials-*`: the passkeys of staff.
    permissionsPolicy: {
      camera: ['self'],
      microphone: [],
      geolocation: [],
      payment: [],
      usb: [],
      publickeyCredentialsGet: ['self'],
    },
    crossOriginOpenerPolicy: 'same-origin',
    crossOriginResourcePolicy: 'same-origin',
    crossOriginEmbedderPolicy: false,
    overwrite: false,
  });
  return async (c, next) => {
    const refused = await others(c, next);
    const { headers } = c.res;
    // Over https only: RFC 6797, section 7.2.
    if (c.get('secure')) headers.set('Strict-Transport-Security', transport);
    const isPart = isPartOfPage(c.req.path, headers.get('Content-Type') ?? '');
    if (isPart) for (const name of ONLY_FOR_DOCUMENTS) headers.delete(name);
    if (isPart && headers.get('Referrer-Policy') === REFERRER_POLICY) headers.delete('Referrer-Policy');
    if (!headers.has('Content-Security-Policy'))
      headers.set('Content-Security-Policy', isPart ? PART_POLICY : PAGE_POLICY);
    return refused;
  };
}
