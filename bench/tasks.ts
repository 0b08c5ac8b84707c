/** The two things that happen a thousand times a day, as requests. */
import { addressOf, type FormSetting, formOf, submitKeyOf } from './people.ts';

/** What is asked again and again, in words that another process understands. */
export type Task =
  | { readonly kind: 'register'; readonly setting: FormSetting }
  | { readonly kind: 'visit'; readonly setting: VisitSetting };

export interface VisitSetting {
  readonly slug: string;
  /** Code of a service: why everybody comes. */
  readonly purpose: string;
  /** Secrets of enrolled kiosks; each takes its turn, as one alone may record two visits a second. */
  readonly devices: readonly string[];
  /** Numbers of the members who come, one after the other. */
  readonly members: readonly string[];
}

/** One form's POST. */
export interface Post {
  readonly path: string;
  readonly body: string;
  /** As a proxy tells it. */
  readonly clientAddress: string;
  readonly cookie: string;
}

/** The POST of person or visit number `index`. */
export function postOfTask(task: Task, index: number): Post {
  switch (task.kind) {
    case 'register': {
      const body = formOf(index, task.setting).toString();
      return { path: `/${task.setting.slug}/daftar`, body, clientAddress: addressOf(index), cookie: '' };
    }
    case 'visit':
      return visitPost(task.setting, index);
  }
}

/** Where the answer must lead for the task to be done. */
export function isDone(task: Task, status: number, location: string): boolean {
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
