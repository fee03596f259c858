import { fitOpenFiles } from './fit-open-files.ts';

function fit(openFiles: number, production: boolean) {
  const told: string[] = [];
  const tell = (level: string) => (about: object, line: string) =>
    told.push(`${level}: ${JSON.stringify(about)} ${line}`);
  const logger = { warn: tell('warn'), debug: tell('debug') } as unknown as Parameters<
    typeof fitOpenFiles
  >[2];
  return { ...fitOpenFiles(openFiles, { maxHeldWaits: 50_000, production }, logger), told };
}

test('an api with too few open files holds fewer requests, and warns of it in production alone', () => {
  expect(fit(160, true)).toMatchObject({
    maxHeldWaits: 60,
    told: [
      'warn: {"openFiles":160,"maxHeldWaits":60} the limit of open files is too low for MAX_HELD_WAITS: this process holds fewer',
    ],
  });
  expect(fit(160, false)).toMatchObject({
    maxHeldWaits: 60,
    told: [expect.stringMatching(/^debug: .* too low for MAX_HELD_WAITS/)],
  });
});

test('an api with enough open files holds what is wanted and says nothing of it', () => {
  for (const production of [true, false])
    expect(fit(65_536, production)).toMatchObject({ maxHeldWaits: 50_000, told: [] });
});
