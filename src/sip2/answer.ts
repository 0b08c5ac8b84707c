import type { AnswerId } from '../domain/sip2-grammar/layout.ts';
import {
  type ErrorDetection,
  type FieldList,
  type FixedOf,
  writeAnswer,
} from '../domain/sip2-grammar/message.ts';
import type { Charset } from '../domain/sip2-grammar/text.ts';

/** An answer before it is bytes. */
export type Written = {
  readonly [Id in AnswerId]: {
    readonly id: Id;
    readonly fixed: FixedOf<Id>;
    readonly fields: FieldList;
  };
}[AnswerId];

/** As the device reads it. */
export function bytesOf(
  { id, fixed, fields }: Written,
  charset: Charset,
  detection: ErrorDetection | null,
): Uint8Array<ArrayBuffer> {
  return writeAnswer(id, fixed, fields, charset, detection);
}
