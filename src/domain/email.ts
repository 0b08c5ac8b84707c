/**
 * Whether a text can be an e-mail address: something, one @, a domain with a dot. More is only known by
 * writing to it, and stricter patterns refuse addresses that work.
 */
export function isEmail(text: string): boolean {
  return (
    text.length <= 254 &&
    /^[^\s@<>",;:()[\]\\]+@[^\s@.<>",;:()[\]\\]+(?:\.[^\s@.<>",;:()[\]\\]+)+$/.test(text)
  );
}
