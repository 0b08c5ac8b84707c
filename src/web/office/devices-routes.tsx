import { type Context, Hono } from 'hono';
import type { DeviceId, ServicePointId } from '../../domain/ids.ts';
import { formatShortDateTime, formatTime } from '../../i18n/format.ts';
import {
  createPairing,
  type DeviceKind,
  type ListedDevice,
  listDevices,
  renewPairing,
  revokeDevice,
} from '../../usecases/pair-device.ts';
import { Button } from '../components/button.tsx';
import { RadioGroup, SelectField } from '../components/choice-fields.tsx';
import { DataTable } from '../components/data-table.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import { TextField } from '../components/text-field.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requireFresh } from '../middleware/fresh.ts';
import { requirePermission } from '../middleware/session.ts';
import { uuidOf } from './input.ts';
import type { FieldError } from './member-action-page.tsx';
import { pointName } from './member-words.tsx';
import { officePage } from './office-page.tsx';

/** The page of a device, where it is enrolled and does its work. */
const PAGES: Readonly<Record<DeviceKind, string>> = { kiosk: 'buku-tamu', gate: 'gerbang' };

interface ShownCode {
  readonly name: string;
  readonly kind: DeviceKind;
  readonly code: string;
  readonly expiresAt: Date;
}

/** `/pengaturan/perangkat`: kiosks and gates, each enrolled by a code that is shown once. */
export function deviceRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const manage = requirePermission('device.manage');
  const fresh = requireFresh(deps);

  app.get('/pengaturan/perangkat', manage, (c) => page(c, deps, { code: null, errors: [], name: '' }));

  // Both answer with the code instead of a redirect: it is shown once and stands in no address.
  app.post('/pengaturan/perangkat', manage, fresh, async (c) => {
    const body = await readForm(c);
    const name = body.text('nama');
    const text = textsOf(c).office.devices.problems;
    const kind = body.text('jenis') === 'gate' ? 'gate' : 'kiosk';
    const outcome = await createPairing(deps.db, deps, scopeOf(c, deps), {
      name,
      kind,
      servicePointId: uuidOf<ServicePointId>(body.text('titik')) ?? ('' as ServicePointId),
    });
    if (outcome.ok) return page(c, deps, { code: { name, kind, ...outcome }, errors: [], name: '' });
    c.status(422);
    const field = outcome.reason === 'unknown-service-point' ? 'titik' : 'nama';
    return page(c, deps, { code: null, name, errors: [{ field, text: text[outcome.reason] }] });
  });

  app.post('/pengaturan/perangkat/:id/kode', manage, fresh, async (c) => {
    const id = uuidOf<DeviceId>(c.req.param('id'));
    const outcome = id && (await renewPairing(deps.db, deps, scopeOf(c, deps), id));
    if (!outcome?.ok) return c.notFound();
    const device = (await listDevices(deps.db, scopeOf(c, deps))).find((one) => one.id === id);
    return page(c, deps, {
      code: { name: device?.name ?? '', kind: device?.kind ?? 'kiosk', ...outcome },
      errors: [],
      name: '',
    });
  });

  app.post('/pengaturan/perangkat/:id/cabut', manage, fresh, async (c) => {
    const id = uuidOf<DeviceId>(c.req.param('id'));
    const outcome = id && (await revokeDevice(deps.db, deps, scopeOf(c, deps), id));
    if (!outcome?.ok) return c.notFound();
    return c.redirect(`/${c.get('library').slug}/pengaturan/perangkat?selesai=cabut`, 303);
  });

  return app;
}

async function page(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  shown: { readonly code: ShownCode | null; readonly errors: readonly FieldError[]; readonly name: string },
) {
  const { office, common } = textsOf(c);
  const { devices: text } = office;
  const library = c.get('library');
  const lang = c.get('lang');
  const { timezone } = library.settings.profile;
  const base = `/${library.slug}/pengaturan/perangkat`;
  const devices = await listDevices(deps.db, scopeOf(c, deps));
  const error = (field: string) => shown.errors.find((one) => one.field === field)?.text;
  const tone = { paired: 'success', waiting: 'info', 'code-expired': 'warning', revoked: 'neutral' } as const;
  return officePage(
    c,
    {
      area: 'settings',
      title: text.title,
      back: { href: `/${library.slug}/pengaturan`, label: office.settings.back },
      notices: c.req.query('selesai') === 'cabut' ? [{ tone: 'success', text: text.revoked }] : [],
    },
    <>
      <PageHeader title={text.title} lead={text.lead} />
      <ErrorSummary title={common.error.summaryTitle} errors={shown.errors} />
      {shown.code && (
        <section class="dp-panel dp-newcode" aria-labelledby="kode" role="status">
          <h2 id="kode">{text.codeFor(shown.code.name)}</h2>
          <p class="dp-big dp-code">{shown.code.code}</p>
          <p>{text.codeAbout(`${c.get('origin')}/${library.slug}/${PAGES[shown.code.kind]}`)}</p>
          <p class="dp-small dp-muted">{text.codeUntil(formatTime(lang, shown.code.expiresAt, timezone))}</p>
        </section>
      )}
      <div class="dp-panes" data-side="right">
        <DataTable<ListedDevice>
          caption={text.title}
          hiddenCaption
          rows={devices}
          empty={text.empty}
          stack
          columns={[
            { label: text.name, rowHeader: true, cell: (device) => device.name },
            {
              label: text.kind,
              // Where to go on that device: its page asks for the code.
              cell: (device) => (
                <a href={`/${library.slug}/${PAGES[device.kind]}`}>{text.kinds[device.kind]}</a>
              ),
            },
            { label: text.servicePoint, cell: (device) => pointName(library, device.servicePointId) },
            {
              label: text.state,
              cell: (device) => <Tag tone={tone[device.state]}>{text.states[device.state]}</Tag>,
            },
            {
              label: text.lastSeen,
              cell: (device) =>
                device.lastSeenAt === null ? '–' : formatShortDateTime(lang, device.lastSeenAt, timezone),
            },
            {
              label: text.actions,
              hiddenLabel: true,
              cell: (device) =>
                device.state === 'revoked' ? (
                  ''
                ) : (
                  <div class="dp-row-buttons">
                    <form method="post" action={`${base}/${device.id}/kode`}>
                      <Button variant="tertiary" attrs={{ 'aria-label': text.newCodeFor(device.name) }}>
                        {text.newCode}
                      </Button>
                    </form>
                    <form method="post" action={`${base}/${device.id}/cabut`}>
                      <Button
                        variant="tertiary"
                        tone="danger"
                        attrs={{ 'aria-label': text.revokeOf(device.name) }}
                      >
                        {text.revoke}
                      </Button>
                    </form>
                  </div>
                ),
            },
          ]}
        />
        <form method="post" action={base} class="dp-panel dp-stack" novalidate>
          <h2>{text.add}</h2>
          <TextField
            name="nama"
            label={text.name}
            description={text.nameHint}
            value={shown.name}
            maxlength={60}
            autocomplete="off"
            error={error('nama')}
            required
          />
          <RadioGroup
            name="jenis"
            label={text.kind}
            value="kiosk"
            outline={false}
            choices={[
              { value: 'kiosk', label: text.kinds.kiosk },
              { value: 'gate', label: text.kinds.gate },
            ]}
          />
          <SelectField
            name="titik"
            label={text.servicePoint}
            value={library.servicePoints[0]?.id}
            error={error('titik')}
            choices={library.servicePoints.map((point) => ({ value: point.id, label: point.name }))}
          />
          <Button>{text.create}</Button>
        </form>
      </div>
    </>,
  );
}
