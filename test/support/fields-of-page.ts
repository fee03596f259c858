/** The names of the fields of a page that have this attribute. */
export const fieldsWith = (page: string, attribute: RegExp) =>
  (page.match(/<input[^>]*>/gu) ?? [])
    .filter((field) => attribute.test(field))
    .map((field) => /name="([^"]*)"/u.exec(field)?.[1]);

/** The fields in which the cursor stands. */
export const focusedIn = (page: string) => fieldsWith(page, /\sautofocus\s/u);

/** The fields that are marked as wrong. */
export const wrongIn = (page: string) => fieldsWith(page, /aria-invalid="true"/u);
