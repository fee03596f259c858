/** The longest `Authorization` that is parsed. */
const maxLength = 8_192;

/** Scheme, in lower case, and value of an `Authorization` header; null if one is missing. (RFC 9110 §11.6.2) */
export function readAuthorization(
  header: string,
): { readonly scheme: string; readonly value: string } | null {
  if (header.length > maxLength) return null;
  const space = header.indexOf(' ');
  const value = header.slice(space + 1).trim();
  // Only the characters of `token68`, so that callers need no further check.
  if (space <= 0 || !/^[\w.~+/=-]+$/.test(value)) return null;
  return { scheme: header.slice(0, space).toLowerCase(), value };
}
