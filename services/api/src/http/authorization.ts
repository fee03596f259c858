/** The longest `Authorization` that is looked at. */
const maxLength = 8_192;

/** Scheme, in lower case, and value of an `Authorization` header; null where it has not both. (RFC 9110 §11.6.2) */
export function readAuthorization(
  header: string,
): { readonly scheme: string; readonly value: string } | null {
  if (header.length > maxLength) return null;
  const space = header.indexOf(' ');
  const value = header.slice(space + 1).trim();
  // The characters of `token68`, and no others: what follows needs no care.
  if (space < 0 || !/^[\w.~+/=-]+$/.test(value)) return null;
  return { scheme: header.slice(0, space).toLowerCase(), value };
}
