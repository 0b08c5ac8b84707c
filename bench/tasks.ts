/** What happens a thousand times a day, as requests. */
import { addressOf, type FormSetting, formOf, submitKeyOf } from './people.ts';

/** What is asked again and again, in words that another process understands. */
export type Task =
  | { readonly kind: 'register'; readonly setting: FormSetting }
  | { readonly kind: 'visit'; readonly setting: VisitSetting }
  | { readonly kind: 'verify'; readonly setting: VerifySetting };

export interface VisitSetting {
  readonly slug: string;
  /** Code of a service: why everybody comes. */
  readonly purpose: string;
  /** Secrets of enrolled kiosks; each takes its turn, as one alone may record two visits a second. */
  readonly devices: readonly string[];
  /** Numbers of the members who come, one after the other. */
  readonly members: readonly string[];
}

export interface VerifySetting {
  /** Of printed cards, one after the other. */
  readonly codes: readonly string[];
  /** As a program asks, as a person does, or only whether the signature holds. */
  readonly way: 'check' | 'page' | 'signature';
}

/** One form's POST, or a GET. */
export interface Post {
  readonly path: string;
  /** Null: a GET. */
  readonly body: string | null;
  /** Instead of a page. */
  readonly accept?: string;
  /** As a proxy tells it. */
  readonly clientAddress: string;
  readonly cookie: string;
}

/** The request of person, visit or card number `index`. */
export function postOfTask(task: Task, index: number): Post {
  switch (task.kind) {
    case 'register': {
      const body = formOf(index, task.setting).toString();
      return { path: `/${task.setting.slug}/daftar`, body, clientAddress: addressOf(index), cookie: '' };
    }
    case 'visit':
      return visitPost(task.setting, index);
    case 'verify': {
      const { codes, way } = task.setting;
      return {
        path: `/${way === 'signature' ? way : 'k'}/${codes[index % codes.length] ?? ''}`,
        body: null,
        clientAddress: addressOf(index),
        cookie: '',
        ...(way === 'page' ? {} : { accept: 'application/json' }),
      };
    }
  }
}

/** Where the answer must lead for the task to be done. */
export function isDone(task: Task, status: number, location: string): boolean {
  if (task.kind === 'verify') return status === 200;
  const place = task.kind === 'register' ? 'permohonan/' : 'buku-tamu/selesai';
  return status === 303 && location.startsWith(`/${task.setting.slug}/${place}`);
}

function visitPost(setting: VisitSetting, index: number): Post {
  const { slug, purpose, devices, members } = setting;
  const body = new URLSearchParams({
    kunci: submitKeyOf(index),
    jenis: 'member',
    kode: members[index % members.length] ?? '',
    tujuan: purpose,
  });
  return {
    path: `/${slug}/buku-tamu`,
    body: body.toString(),
    clientAddress: '10.255.255.1',
    cookie: `perangkat-${slug}=${devices[index % devices.length] ?? ''}`,
  };
}
