/**
 * A text of somebody else's as one line that a terminal can show: without control characters and marks that change the direction of
 * writing, at most `maxLength` characters.
 */
export function safeText(text: string, maxLength = 200): string {
  const visible = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return visible.length > maxLength ? `${visible.slice(0, maxLength)}…` : visible;
}
