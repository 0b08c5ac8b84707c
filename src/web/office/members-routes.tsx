import { Hono } from 'hono';
import type { FileId, ServicePointId } from '../../domain/ids.ts';
import type { MemberStatus } from '../../domain/validity.ts';
import { readPresentCard } from '../../usecases/read-card.ts';
import { readMember, readMemberPhoto } from '../../usecases/read-member.ts';
import {
  findByNumber,
  listByIds,
  listMembers,
  type MemberFilter,
  type MemberPage,
  readMemberQuery,
  sightOf,
} from '../../usecases/search-members.ts';
import { pdfAnswer, printCard } from '../card-print.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requirePermission } from '../middleware/session.ts';
import { lendingNotices } from './exports/lending-notice.tsx';
import { memberIdOf, uuidOf } from './input.ts';
import { ktaPage } from './member-card-page.tsx';
import { listAddress, memberListPage } from './member-list-page.tsx';
import type { Notice } from './office-page.tsx';
import { requestNotice } from './requests-notice.tsx';
import { showMember } from './show-member.tsx';
import { textsNotices } from './texts-notice.tsx';

const STATUSES: readonly MemberStatus[] = ['active', 'expired', 'suspended', 'cleared', 'ended'];

/** `/{library}/anggota`: search and one member, as far as the role sees them. */
export function memberRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const view = requirePermission('member.view', 'member.view_masked');

  app.get('/anggota', view, async (c) => {
    const query = (c.req.query('cari') ?? '').slice(0, 120);
    const filter = filterOf((name) => c.req.query(name) ?? '');
    const read = readMemberQuery(query);
    // Somebody put a NIK into the address: it is not repeated, and leaves the history of the browser.
    if (read.kind === 'identity_number') return c.redirect(listAddress(c, { query: '', filter }, null), 303);
    const after = uuidOf<string>(c.req.query('sesudah')) ?? null;
    const outcome = await listMembers(deps.db, deps, scopeOf(c, deps), { query: read, filter, after });
    if (!outcome.ok) return c.notFound();
    const notices: Notice[] =
      c.req.query('nomor') === '0' ? [{ tone: 'info', text: textsOf(c).members.list.noNumber }] : [];
    notices.push(
      ...(await requestNotice(c, deps)),
      ...(await lendingNotices(c, deps)),
      ...(await textsNotices(c, deps)),
    );
    return memberListPage(c, { query, filter, after, page: outcome.page, byNumber: false, notices });
  });

  app.post('/anggota/cari', view, async (c) => {
    const body = await readForm(c);
    const query = body.text('cari').trim().slice(0, 120);
    const filter = filterOf((name) => body.text(name));
    const scope = scopeOf(c, deps);
    if (readMemberQuery(query).kind !== 'identity_number')
      return c.redirect(listAddress(c, { query, filter }, null), 303);
    const found = await findByNumber(deps.db, deps, scope, query);
    const page = { members: [], next: null, tooMany: false, masked: sightOf(scope) === 'masked' };
    const shown = { query: '', filter: NO_FILTER, after: null };
    if (!found.ok) {
      c.status(422);
      const notices = [{ tone: 'warning' as const, text: textsOf(c).members.list.notAllowed }];
      return memberListPage(c, { ...shown, page, byNumber: true, notices });
    }
    const [only, ...more] = found.ids;
    const base = `/${scope.library.slug}/anggota`;
    if (only === undefined) return c.redirect(`${base}?nomor=0`, 303);
    if (more.length === 0) return c.redirect(`${base}/${only}`, 303);
    const members = await listByIds(deps.db, scope, found.ids);
    const hits: MemberPage = { ...page, members };
    return memberListPage(c, { ...shown, page: hits, byNumber: true, notices: [] });
  });

  app.get('/anggota/:id', view, (c) => showMember(c, deps, []));

  app.get('/anggota/:id/foto/:file', requirePermission('member.view'), async (c) => {
    const id = memberIdOf(c);
    const file = uuidOf<FileId>(c.req.param('file'));
    if (!id || !file) return c.notFound();
    const jpeg = await readMemberPhoto(deps.db, deps, scopeOf(c, deps), id, file);
    if (!jpeg) return c.notFound();
    return c.body(new Uint8Array(jpeg), 200, { 'Content-Type': 'image/jpeg' });
  });

  app.get('/anggota/:id/kartu.pdf', requirePermission('card.print'), async (c) => {
    const id = memberIdOf(c);
    const scope = scopeOf(c, deps);
    const member = id && (await readMember(deps.db, deps, scope, id));
    // Only a membership whose state lets it have a card in hand: the same table that shows the button.
    if (!member?.allowed.has('print_card')) return c.notFound();
    const card = await readPresentCard(deps.db, deps, scope, { memberId: member.id });
    if (card === null) return c.notFound();
    const layout = c.req.query('lembar') === 'a4' ? 'a4' : 'cr80';
    return pdfAnswer(c, await printCard(c, deps, scope, card, layout), `kartu-${card.number}`, false);
  });

  app.get('/anggota/:id/kta', requirePermission('card.replace'), async (c) => {
    const id = memberIdOf(c);
    if (!id) return c.notFound();
    const card = await readPresentCard(deps.db, deps, scopeOf(c, deps), { memberId: id });
    const address = card ? `${c.get('origin')}/${c.get('library').slug}/kta/${card.token}` : null;
    return ktaPage(c, {
      memberId: id,
      name: card?.name ?? '',
      code: card?.pickupCode ?? null,
      address,
      qr: address === null ? null : deps.documents.qrSvg(address, textsOf(c).members.form.kta.title),
      replaced: c.req.query('selesai') === 'ganti',
    });
  });

  return app;
}

const NO_FILTER: MemberFilter = { status: null, type: null, servicePointId: null };

function filterOf(value: (name: string) => string): MemberFilter {
  return {
    status: STATUSES.find((status) => status === value('status')) ?? null,
    type: value('jenis').slice(0, 40) || null,
    servicePointId: uuidOf<ServicePointId>(value('titik')) ?? null,
  };
}
