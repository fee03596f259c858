/** Who a mail is from: the lines at its end, after the mark by which mail programs know them. (RFC 3676 §4.3) */
export function mailFooter(name: string, ...links: readonly (string | undefined)[]): string {
  const lines = [
    name,
    ...links.filter((link) => link !== undefined).map((link) => link.replace(/^mailto:/, '')),
  ];
  return `\n-- \n${lines.join('\n')}\n`;
}
