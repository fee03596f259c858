import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepDevelopmentFile } from './development-files.ts';

test('processes that start together agree, whoever finishes first, and leave nothing else behind', () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'ravi-files-')), 'fresh');
  const keep = (make: () => string) => keepDevelopmentFile(directory, 'secret', make);
  let second = '';
  // The second finds no file either and is done while the first still makes its own.
  const first = keep(() => {
    second = keep(() => 'made by the second');
    return 'made by the first';
  });
  const third = keep(() => 'made by the third');
  expect([first, second, third]).toEqual(Array.from({ length: 3 }, () => 'made by the second'));
  expect(readdirSync(directory)).toEqual(['secret']);
  expect(readFileSync(join(directory, 'secret'), 'utf8')).toBe('made by the second');
  expect(statSync(join(directory, 'secret')).mode & 0o777).toBe(0o600);
});
