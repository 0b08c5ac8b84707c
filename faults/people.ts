/**
 * The people of the load: who registers, who comes, who sits at the counters. Each repeats what it did not get an answer
 * to, with the same key, as a form that is sent again does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf, type FormSetting, formOf, submitKeyOf } from '../bench/people.ts';
import type { VisitSetting } from '../bench/tasks.ts';
import type { Act, Intent, Journal } from './journal.ts';
import { type Answer, act, Refused, type Request, type Sender, type Tally } from './sender.ts';

export interface DeskSetting {
  readonly slug: string;
  readonly username: string;
  readonly password: string;
}

/** What all of them share. */
export interface Street {
  readonly sender: Sender;
  readonly journal: Journal;
  readonly tally: Tally;
  /** Told of every answer that an act is done, with when its last sending began and how long it took in all. */
  readonly done: (act: Act, sentAt: number, waitedMs: number) => void;
  readonly stopping: AbortSignal;
  /** Milliseconds between two acts of one person. */
  readonly pauseMs: number;
  /** By library: addresses of status pages of people who wait at the counter. */
  readonly waiting: ReadonlyMap<string, string[]>;
  /** The status page of who registered last. */
  statusPage?: string;
}

/** At most so many wait at a counter; whoever registers beyond that stays at home. */
const LONGEST_QUEUE = 200;

async function done(
  street: Street,
  what: Intent,
  request: Request,
  isDone: (answer: Answer, tries: number) => boolean,
): Promise<Answer> {
  const { answer, sentAt, waitedMs } = await act(street, what, request, isDone);
  street.done(what.act, sentAt, waitedMs);
  return answer;
}

/** Registers one person after the other by the public form. */
export async function registrar(
  street: Street,
  setting: FormSetting,
  from: number,
  step: number,
): Promise<void> {
  const { slug } = setting;
  for (let index = from; !street.stopping.aborted; index += step) {
    const fields = formOf(index, setting);
    const request: Request = { path: `/${slug}/daftar`, fields, clientAddress: addressOf(index), cookie: '' };
    const answer = await done(
      street,
      { act: 'register', library: slug, subject: fields.get('name') ?? '' },
      request,
      ({ status, location }) => status === 303 && location.startsWith(`/${slug}/permohonan/`),
    );
    street.statusPage = answer.location;
    const queue = street.waiting.get(slug);
    if (queue && queue.length < LONGEST_QUEUE) queue.push(answer.location);
    await sleep(street.pauseMs);
  }
}

/** Members and school classes sign the guest book at kiosks, each once. */
export async function kiosk(street: Street, setting: VisitSetting, from: number): Promise<void> {
  const { slug, purpose, devices, members } = setting;
  for (let index = from; !street.stopping.aborted; index++) {
    const number = index % 2 === 0 ? members[index / 2] : undefined;
    const leader = `Rombongan ${submitKeyOf(index)}`;
    const fields: Record<string, string> =
      number === undefined
        ? { jenis: 'group', pemimpin: leader, lembaga: 'Sekolah Contoh', jumlah: '12', jk_L: '5', jk_P: '7' }
        : { jenis: 'member', kode: number };
    await done(
      street,
      number === undefined
        ? { act: 'group', library: slug, subject: leader }
        : { act: 'visit', library: slug, subject: number },
      {
        path: `/${slug}/buku-tamu`,
        fields: { ...fields, kunci: submitKeyOf(index), tujuan: purpose },
        clientAddress: '10.255.255.1',
        cookie: `perangkat-${slug}=${devices[index % devices.length] ?? ''}`,
      },
      ({ status, location }) => status === 303 && location.startsWith(`/${slug}/buku-tamu/selesai`),
    );
    await sleep(street.pauseMs);
  }
}

/** Between two looks at the same page. */
const LOOK_EVERY_MS = 500;

/**
 * People who only look: the list of libraries, a registration form, the officers' door, the page of who registered last.
 * Each page by itself, so that one that hangs does not keep the others from being opened.
 */
export async function onlookers(street: Street, slug: string): Promise<void> {
  const pages = [() => '/', () => `/${slug}/daftar`, () => '/masuk', () => street.statusPage];
  await Promise.all(
    pages.map(async (pageNow, at) => {
      for (let time = 0; !street.stopping.aborted; time++) {
        const page = pageNow();
        const from = `10.252.${at}.${time % 250}`;
        if (page !== undefined) await street.sender.look(page, from);
        await sleep(LOOK_EVERY_MS);
      }
    }),
  );
}

/** An officer at the counter: takes who waits, sees the document, takes the photo, approves, prints, hands over. */
export async function desk(
  street: Street,
  setting: DeskSetting,
  photo: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const { slug } = setting;
  let cookie = '';
  const clientAddress = `10.254.0.${slug.length}`;
  const post = (path: string, fields: Request['fields'], file?: Request['file']): Request => ({
    path,
    fields,
    clientAddress,
    cookie,
    ...(file === undefined ? {} : { file }),
  });
  /** After a jump of the clock, or a night, the session is over: the same is sent again after signing in. */
  async function send(request: () => Request): Promise<Answer> {
    for (;;) {
      const { answer } = await street.sender.until(request());
      if (!isSignedOut(answer)) return answer;
      cookie = await signIn(street, setting, clientAddress);
    }
  }
  async function step(
    what: 'identity' | 'photo' | 'approve' | 'print' | 'hand',
    subject: string,
    request: () => Request,
  ) {
    for (;;) {
      try {
        return await done(street, { act: what, library: slug, subject }, request(), (answer, tries) =>
          isDone(answer, slug, tries),
        );
      } catch (error) {
        // Nothing was done: the door was closed.
        if (!(error instanceof Refused) || !isSignedOut(error.answer)) throw error;
        cookie = await signIn(street, setting, clientAddress);
      }
    }
  }
  while (!street.stopping.aborted) {
    if (cookie === '') cookie = await signIn(street, setting, clientAddress);
    const status = street.waiting.get(slug)?.shift();
    if (status === undefined) {
      await sleep(50);
      continue;
    }
    // The address of the status page, as its code is scanned.
    const taken = await send(() =>
      post(`/${slug}/loket/pindai`, { kode: `http://perpustakaan.contoh${status}` }),
    );
    const id = new RegExp(`^/${slug}/loket/([0-9a-f-]{36})$`).exec(taken.location)?.[1];
    if (id === undefined) throw new Refused('take', taken);
    const base = `/${slug}/loket/${id}`;
    try {
      await step('identity', id, () => post(`${base}/identitas`, { dokumen: 'ktp:original' }));
      await send(() => post(`${base}/kros-cek`, { alasan: 'other_person' }));
      await step('photo', id, () => post(`${base}/foto`, { sumber: 'file' }, { name: 'foto', bytes: photo }));
      await step('approve', id, () => post(`${base}/setujui`, {}));
      await step('print', id, () => post(`${base}/cetak`, { hasil: 'cetak', tercetak: '' }));
      await step('hand', id, () => post(`${base}/serahkan`, {}));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // The case stays as it is; the check looks at what was told of it.
      street.tally.refused.push(error.message);
    }
    await sleep(street.pauseMs);
  }
}

/**
 * Done: sent back to the case. A repeated act that its first sending did already is refused by the state of the case,
 * which says the same; the check insists that it is there.
 */
function isDone({ status, location }: Answer, slug: string, tries: number): boolean {
  return (status === 303 && location.startsWith(`/${slug}/loket/`)) || (tries > 1 && status === 409);
}

function isSignedOut({ status, location }: Answer): boolean {
  return status === 401 || (status === 303 && location.startsWith('/masuk'));
}

async function signIn(street: Street, setting: DeskSetting, clientAddress: string): Promise<string> {
  const { slug, username, password } = setting;
  const { answer } = await street.sender.until({
    path: '/masuk',
    fields: { perpustakaan: slug, nama: username, sandi: password, kembali: '' },
    clientAddress,
    cookie: '',
  });
  const cookie = answer.cookies.find((each) => each.startsWith(`sesi-${slug}=`));
  if (answer.status !== 303 || cookie === undefined) throw new Refused('sign in', answer);
  return cookie;
}
