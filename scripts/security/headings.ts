/** The headings of a page as links name them, such as `operations.md#audit-log`. */
export function headingsOf(page: string, markdown: string): readonly string[] {
  return Array.from(markdown.matchAll(/^#{1,6} (.+)$/gm), ([, heading = '']) => {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    return `${page}#${anchor}`;
  });
}
