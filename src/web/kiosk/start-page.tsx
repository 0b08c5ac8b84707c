import type { Context } from 'hono';
import { Alert } from '../components/alert.tsx';
import { Button } from '../components/button.tsx';
import { Icon, type IconName } from '../components/icon.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { TextField } from '../components/text-field.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { greetingLang, KioskLayout } from './kiosk-layout.tsx';

/** Three ways in, and a scanner that is heard without touching anything. */
export function startPage(c: Context<LibraryEnv>) {
  const { kiosk } = textsOf(c);
  const { slug, settings } = c.get('library');
  const { start } = kiosk;
  const base = `/${slug}/buku-tamu`;
  // Somebody who changed the language and left must not decide it for the next visitor.
  const changed = c.get('lang') !== settings.languages[0];
  const { greeting } = settings.look;
  return (
    <KioskLayout
      c={c}
      title={kiosk.title}
      islands={['scanner-input']}
      idleSeconds={changed ? 60 : undefined}
      hero={
        <div class="dp-hero kp-hero">
          <div class="dp-wrap">
            <p class="kp-greeting" lang={greetingLang(greeting)}>
              {greeting}
            </p>
            <h1>{start.lead}</h1>
          </div>
        </div>
      }
    >
      <nav class="kp-ways" aria-label={kiosk.title}>
        <Way href={`${base}/anggota`} icon="card" title={start.member} about={start.memberAbout} main />
        <Way href={`${base}/tamu`} icon="person" title={start.guest} about={start.guestAbout} />
        <Way href={`${base}/rombongan`} icon="people" title={start.group} about={start.groupAbout} />
      </nav>
      <div class="kp-foot">
        <p>{start.scanHint}</p>
        <a class="ds-button" data-variant="secondary" href={`${base}/antrean`}>
          <Icon name="clock" />
          <span>{start.number}</span>
        </a>
      </div>
      <scanner-input>
        <form method="post" action={`${base}/anggota`} autocomplete="off" hidden>
          <input type="hidden" name="kode" />
          <button type="submit">{kiosk.member.submit}</button>
        </form>
      </scanner-input>
    </KioskLayout>
  );
}

interface WayProps {
  readonly href: string;
  readonly icon: IconName;
  readonly title: string;
  readonly about: string;
  readonly main?: boolean | undefined;
}

function Way(props: WayProps) {
  return (
    <a class="dp-tile kp-way" href={props.href} data-main={props.main ? '' : undefined}>
      <Icon name={props.icon} />
      <strong>{props.title}</strong>
      <span>{props.about}</span>
    </a>
  );
}

/** A device nobody enrolled: no name, no number, only the code that enrols it. */
export function enrolPage(c: Context<LibraryEnv>, error: string | null) {
  const { enrol } = textsOf(c).kiosk;
  return (
    <KioskLayout c={c} title={enrol.title}>
      <div class="kp-narrow">
        <PageHeader title={enrol.title} lead={enrol.lead} />
        <div class="dp-stack">
          <Alert tone="info">{enrol.visitor}</Alert>
          <form
            method="post"
            action={`/${c.get('library').slug}/buku-tamu/pasang`}
            class="dp-stack"
            novalidate
          >
            <TextField
              name="kode"
              label={enrol.code}
              description={enrol.codeAbout}
              error={error ?? undefined}
              autocomplete="off"
              code
              required
            />
            <Button>{enrol.submit}</Button>
          </form>
        </div>
      </div>
    </KioskLayout>
  );
}
