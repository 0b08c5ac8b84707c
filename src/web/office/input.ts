import type { Context } from 'hono';
import type { MemberId } from '../../domain/ids.ts';
import type { PlainDate } from '../../domain/plain-date.ts';
import { readTypedDate } from '../../domain/typed-date.ts';
import type { LibraryEnv } from '../env.ts';
import type { FormBody } from '../form-body.ts';
import { joinDate } from '../public/form-input.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An identifier of an address, or undefined: PostgreSQL would refuse anything else with an error. */
export function uuidOf<Id extends string>(text: string | undefined): Id | undefined {
  return text !== undefined && UUID.test(text) ? (text as Id) : undefined;
}

export function memberIdOf(c: Context<LibraryEnv>): MemberId | undefined {
  return uuidOf<MemberId>(c.req.param('id'));
}

/** The version a form was opened at; undefined where the field is missing or no number. */
export function versionOf(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

export interface TypedDate {
  /** As typed, for the three boxes. */
  readonly text: string;
  /** null: nothing was typed; undefined: no such date. */
  readonly date: PlainDate | null | undefined;
}

/** The three boxes of a `DateField`. */
export function dateOf(body: FormBody, name: string): TypedDate {
  const text = joinDate({
    day: body.text(`${name}.day`),
    month: body.text(`${name}.month`),
    year: body.text(`${name}.year`),
  });
  return { text, date: text === '' ? null : readTypedDate(text) };
}
