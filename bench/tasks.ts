/** The two things that happen a thousand times a day, as requests. */
import { addressOf, type FormSetting, formOf } from './people.ts';

/** What is asked again and again, in words that another process understands. */
export type Task =
  | { readonly kind: 'register'; readonly setting: FormSetting }
  | { readonly kind: 'visit'; readonly setting: VisitSetting };

export interface VisitSetting {
  readonly slug: string;
  /** Cookie of an enrolled kiosk. */
  readonly cookie: string;
  readonly purpose: string;
  /** Numbers of the members who come, one after the other. */
  readonly members: readonly string[];
  /** Random part of the keys of this run. */
  readonly run: string;
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
  const place = task.kind === 'register' ? 'permohonan' : 'buku-tamu';
  return status === 303 && location.startsWith(`/${task.setting.slug}/${place}`);
}

function visitPost(setting: VisitSetting, index: number): Post {
  const body = new URLSearchParams({
    kunci: `${setting.run}${index.toString(36).padStart(11, '0')}`,
    anggota: setting.members[index % setting.members.length] ?? '',
    keperluan: setting.purpose,
  });
  return {
    path: `/${setting.slug}/buku-tamu/anggota`,
    body: body.toString(),
    clientAddress: '10.255.255.1',
    cookie: setting.cookie,
  };
}
