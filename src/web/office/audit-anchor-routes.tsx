import { type Context, Hono } from 'hono';
import { anchorCode, spokenDigest } from '../../domain/audit-chain.ts';
import { plainDateIn } from '../../domain/plain-date.ts';
import { readTypedDate } from '../../domain/typed-date.ts';
import { formatDate, formatNumber, formatTime } from '../../i18n/format.ts';
import { type Anchor, type Anchors, readAnchors } from '../../usecases/audit-anchor.ts';
import { todayOf } from '../../usecases/context.ts';
import { Button } from '../components/button.tsx';
import { DataTable } from '../components/data-table.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { requirePermission } from '../middleware/session.ts';
import { officePage } from './office-page.tsx';

/** `/{library}/jejak/jangkar`: what of the sealed audit log is kept on paper, for a day or for now. */
export function auditAnchorRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  app.get('/jejak/jangkar', requirePermission('audit.search'), async (c) => {
    const scope = scopeOf(c, deps);
    const typed = c.req.query('hari');
    const day = typed === undefined ? null : readTypedDate(typed);
    if (day === undefined) return c.notFound();
    const outcome = await readAnchors(deps.db, scope, day);
    if (!outcome.ok) return c.notFound();
    return page(c, deps, outcome, todayOf(scope));
  });
  return app;
}

type Shown = Extract<Anchors, { ok: true }>;

function page(c: Context<LibraryEnv>, deps: WebDeps, { anchor, days }: Shown, today: string) {
  const all = textsOf(c);
  const words = all.office.anchor;
  const lang = c.get('lang');
  const { slug } = c.get('library');
  const here = `/${slug}/jejak/jangkar`;
  return officePage(
    c,
    {
      area: 'audit',
      title: words.title,
      back: { href: `/${slug}/jejak`, label: all.office.audit.title },
      islands: ['print-button'],
    },
    <>
      <PageHeader title={words.title} lead={words.lead}>
        {anchor && (
          <print-button hidden>
            <Button type="button">{words.print}</Button>
          </print-button>
        )}
      </PageHeader>
      {anchor === null ? (
        <EmptyState title={words.none} text={words.noneAbout} />
      ) : (
        <AnchorSheet c={c} deps={deps} anchor={anchor} isToday={anchor.day === today} />
      )}
      {days.length > 0 && (
        <div class="dp-noprint dp-stack" data-gap="s">
          <h2>{words.days}</h2>
          <DataTable<Anchor>
            caption={words.days}
            hiddenCaption
            rows={days}
            empty={words.none}
            stack
            columns={[
              {
                label: words.day,
                rowHeader: true,
                cell: (one) => (
                  <a href={`${here}?hari=${one.day}`} aria-label={words.open(formatDate(lang, one.day))}>
                    {formatDate(lang, one.day)}
                  </a>
                ),
              },
              { label: words.seal, align: 'right', cell: (one) => formatNumber(lang, one.n) },
              { label: words.rows, align: 'right', cell: (one) => formatNumber(lang, one.rows) },
              {
                label: words.begins,
                cell: (one) => (
                  <span class="dp-code">{spokenDigest(one.digest).slice(0, 2).join(' ')} …</span>
                ),
              },
            ]}
          />
        </div>
      )}
      <div class="dp-anchor-verify dp-stack dp-noprint" data-gap="s">
        <h2>{words.verify}</h2>
        <p>{words.verifyAbout}</p>
        <p>
          <code class="dp-wraps">npm run audit:verify -- --anchor …</code>
        </p>
      </div>
    </>,
  );
}

interface SheetProps {
  readonly c: Context<LibraryEnv>;
  readonly deps: WebDeps;
  readonly anchor: Anchor;
  readonly isToday: boolean;
}

/** What is cut out and put into the file. */
function AnchorSheet({ c, deps, anchor, isToday }: SheetProps) {
  const words = textsOf(c).office.anchor;
  const lang = c.get('lang');
  const { slug, settings } = c.get('library');
  const { name, timezone } = settings.profile;
  const sealedDay = formatDate(lang, plainDateIn(timezone, anchor.sealedAt));
  const code = anchorCode(slug, anchor.day, anchor.n, anchor.digest);
  const qr = `data:image/svg+xml;base64,${Buffer.from(deps.documents.qrSvg(code, words.qr)).toString('base64')}`;
  return (
    <section class="ds-card dp-anchor" aria-labelledby="jangkar">
      <div class="dp-anchor-words">
        <h2 id="jangkar">{words.ofDay(formatDate(lang, anchor.day))}</h2>
        {isToday && <p class="dp-muted dp-noprint">{words.soFar}</p>}
        <dl class="dp-anchor-facts">
          <dt>{words.library}</dt>
          <dd>{name}</dd>
          <dt>{words.seal}</dt>
          <dd>{formatNumber(lang, anchor.n)}</dd>
          <dt>{words.rows}</dt>
          <dd>{formatNumber(lang, anchor.rows)}</dd>
          <dt>{words.sealedAt}</dt>
          <dd>
            <time datetime={anchor.sealedAt.toISOString()}>
              {sealedDay}, {formatTime(lang, anchor.sealedAt, timezone, { seconds: true })}
            </time>
          </dd>
        </dl>
        <h3>{words.digest}</h3>
        <p class="dp-anchor-digest" translate="no">
          {spokenDigest(anchor.digest).map((group) => (
            <>
              <span>{group}</span>{' '}
            </>
          ))}
        </p>
        <p class="dp-small dp-muted">{words.digestHint}</p>
      </div>
      <img class="dp-anchor-code" src={qr} alt={words.qr} width="232" height="232" />
      <p class="dp-anchor-signed dp-printonly">{words.signed}</p>
    </section>
  );
}
