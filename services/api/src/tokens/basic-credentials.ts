import { readAuthorization } from '../http/authorization.ts';

/** Name and secret of `Authorization: Basic`, form-decoded; null for any other header. (RFC 6749 §2.3.1, RFC 7617) */
export function basicCredentials(header: string): { readonly id: string; readonly secret: string } | null {
  const { scheme, value = '' } = readAuthorization(header) ?? {};
  if (scheme !== 'basic' || !/^[\w+/-]+=*$/.test(value)) return null;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  try {
    return { id: formDecode(text.slice(0, colon)), secret: formDecode(text.slice(colon + 1)) };
  } catch {
    return null;
  }
}

const formDecode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
