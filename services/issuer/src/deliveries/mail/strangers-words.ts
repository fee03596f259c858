/** A dot or another sign between the labels of a domain, such as the full stop of Chinese, before a letter. */
const domainDot = /[.\u3002\uff0e\uff61](?=\p{L})/gu;

/**
 * A stranger's words on one line, in which no mail program finds a link: without controls and characters that reorder, and with
 * a space where a scheme, an address or a bare domain (`evil.example`) would hold together.
 */
export function strangersWords(text: string): string {
  return text
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/:\/\/|www\./giu, ' ')
    .replace(/@/gu, ' @ ')
    .replace(domainDot, '. ')
    .replace(/ +/g, ' ')
    .trim();
}
