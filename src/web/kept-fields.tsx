import type { Context } from 'hono';
import type { FormBody } from './form-body.ts';
import { fileFieldOfRequest } from './middleware/takes-file.ts';

/** Passwords and codes of officers are never written into a page. */
const SECRET_FIELD = /^(?:sandi|sekarang|baru|ulang)$|sandi|password|rahasia/;

export function isSecretField(name: string): boolean {
  return SECRET_FIELD.test(name);
}

/** What was typed, field by field, for a page that sends it again; files cannot be kept. */
export function keptFields(
  body: FormBody,
  leaveOut: (name: string) => boolean = isSecretField,
): readonly (readonly [string, string])[] {
  return body.names
    .filter((name) => !leaveOut(name))
    .flatMap((name) => body.texts(name).map((value) => [name, value] as const));
}

/** What was measured at the picture that has to be chosen again. */
const OF_THE_PICTURE = new Set(['kiri', 'atas', 'lebar', 'tinggi', 'lama', 'sumber']);

/** The same of a form with files, and the field of its route in which the file is chosen once more. */
export function keptWithFiles(
  c: Context,
  body: FormBody,
  leaveOut: (name: string) => boolean = isSecretField,
): { readonly fields: readonly (readonly [string, string])[]; readonly files: readonly string[] } {
  const own = fileFieldOfRequest(c);
  const isSent = own !== undefined && body.names.includes(own) && body.texts(own).length === 0;
  const files = isSent ? [own] : [];
  const ofFile = (name: string) => files.length > 0 && OF_THE_PICTURE.has(name);
  return { fields: keptFields(body, (name) => leaveOut(name) || ofFile(name)), files };
}

/** The same in a form, unseen. */
export function KeptFields({ fields }: { readonly fields: readonly (readonly [string, string])[] }) {
  return (
    <>
      {fields.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  );
}
