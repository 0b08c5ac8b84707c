/** Parts of what programs send and get. Requests are checked by them, and the document is made of them. */
import { z } from 'zod';
import { type PlainDate, parsePlainDate } from '../../domain/plain-date.ts';

/** Neither control characters nor halves of a character: PostgreSQL takes no NUL, and nobody types the others. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u);
export const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
export const code = z.string().regex(/^[\w-]{1,60}$/);
/** A moment, in UTC. */
export const moment = z.iso.datetime({ offset: true });
/** A day on the library's calendar, in an answer. */
export const day = z.iso.date();
/** The same in a request. */
export const askedDay = z.iso
  .date()
  .refine((typed) => parsePlainDate(typed) !== undefined)
  .transform((typed) => typed as PlainDate);
export const askedMoment = moment.transform((typed) => new Date(typed));

export const byId = z.strictObject({ id: uuid });

const fields = z
  .string()
  .max(400)
  .regex(/^[a-z_]+(?:,[a-z_]+)*$/)
  .optional();
/** Of an operation that shows one thing. */
export const shown = z.strictObject({ fields });
/** Of an operation that shows a list. */
export const listed = z.strictObject({
  fields,
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .max(400)
    .regex(/^[\w-]+\.[\w-]+$/)
    .optional(),
});

/** A page: `next` is null on the last one. */
export const pageOf = (item: z.ZodObject) => z.object({ items: z.array(item), next: z.string().nullable() });

/** The fields of a thing that a program asked for; `id` is always there. */
export function pick<T extends Readonly<Record<string, unknown>>>(
  wants: (field: string) => boolean,
  all: { readonly [K in keyof T]: () => T[K] },
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(all)
      .filter(([name]) => name === 'id' || wants(name))
      .map(([name, make]) => [name, (make as () => unknown)()]),
  );
}
