import { NewerFormat, newestFormat, requireKnownFormat, writtenFormat } from './format-version.ts';

test('what this release writes it reads, and so does it what names no format', () => {
  for (const format of [writtenFormat, newestFormat, String(newestFormat), undefined, null])
    expect(() => requireKnownFormat('A job', format)).not.toThrow();
});

test.each([newestFormat + 1, String(newestFormat + 1)])('format %j is left for a newer release', (format) => {
  const read = () => requireKnownFormat('A job', format);
  expect(read).toThrow(NewerFormat);
  expect(read).toThrow(`A job has format ${format}; this release reads formats up to ${newestFormat} and`);
});
