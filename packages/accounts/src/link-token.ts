import { createHash, createHmac, randomBytes } from 'node:crypto';

/** How long a link is good. */
export const linkMs = 3_600_000;

/** The account's id, a dot, and 160 random bits, base64url; anything else is no link and never reaches Redis. */
const tokenShape = /^([1-9]\d{0,15})\.([\w-]{27})$/;

/** A new token of an account, for its human alone. */
export function newToken(userId: number): string {
  return `${userId}.${randomBytes(20).toString('base64url')}`;
}

/** Whose token this says it is; null where it is none. */
export function ownerOfLink(token: string): number | null {
  const [, userId] = tokenShape.exec(token) ?? [];
  return userId === undefined ? null : Number(userId);
}

/** What Redis keeps of a token. A fast hash is enough for 160 random bits. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** What tells whether the same text came with a token, such as a password. Without the token it tells nothing of the text. */
export function markOf(token: string, text: string): string {
  return createHmac('sha256', token).update(text).digest('base64url');
}
