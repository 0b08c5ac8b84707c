import type { FormBody } from './form-body.ts';

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
