import { programsPage, type ProgramsInput } from './programs-page.ts';
import { textsFor } from '../../pages/texts/texts-for.ts';

const texts = textsFor(['en']);
const program = {
  id: 'one',
  name: 'Moon agent',
  address: '192.0.2.1',
  loggedInSecondsAgo: 90,
  usedSecondsAgo: null,
  hasTokens: true,
  endsInSeconds: null,
  endsUnusedInSeconds: 86_400 * 365,
  keys: [],
};
const input: ProgramsInput = {
  csrfToken: 'token',
  account: { email: 'ada@example.com' },
  programs: [program],
  page: 1,
  pages: 1,
  search: '',
  hasPassword: true,
};

test('what a program calls itself is not verified; what the operator calls its client is registered', () => {
  expect(programsPage(input, texts)).toMatch(/Moon agent<\/bdi> <span class="tag">not verified/u);
  const page = programsPage({ ...input, programs: [{ ...program, registeredName: 'Notes' }] }, texts);
  expect(page).toMatch(/Notes<\/bdi> <span class="tag">registered/u);
  expect(page).not.toContain('not verified');
});

test('what tells of an intruder and what ends everything is red, and "End" is not', () => {
  const page = programsPage(input, texts);
  expect(page).toMatch(/class="button outline" name="end" value="program.one"/u);
  for (const end of ['notMe.one', 'all'])
    expect(page).toContain(`class="button danger" name="end" value="${end}"`);
});

test('what was ended is named, as text', () => {
  const page = programsPage({ ...input, done: 'ended', endedName: '<b>Moon' }, texts);
  expect(page).toMatch(/role="status">\s*<p>\s*<strong><bdi>&#60;b&#62;Moon<\/bdi>/u);
});

test('ending everything takes a second press, also without JavaScript', () => {
  const folded = programsPage(input, texts).match(/<details>[\s\S]*<\/details>/u)?.[0];
  expect(folded).toMatch(/cannot be undone[\s\S]*value="all"/u);
});

test('also where nothing is listed, what was approved and has not come yet can be ended, and the page says so', () => {
  const offered = (changes: Partial<ProgramsInput>) => {
    const page = programsPage({ ...input, ...changes }, texts);
    return [
      page.includes('is listed once it has come'),
      page.includes('value="all"'),
      page.includes('Either ends'),
    ];
  };
  expect(offered({})).toEqual([true, true, true]);
  expect(offered({ programs: [] })).toEqual([true, true, false]);
  expect(offered({ programs: [], search: 'moon' })).toEqual([false, false, false]);
  expect(offered({ page: 2, pages: 2 })).toEqual([false, true, true]);
  expect(offered({ search: 'moon' })).toEqual([false, true, true]);
});

test('after "this was not me" the page leads to the sessions, and to the password where there is one', () => {
  const page = programsPage({ ...input, done: 'notMe' }, texts);
  expect(page).toMatch(/role="status"[\s\S]*href="\/account\/sessions"[\s\S]*href="\/account\/password"/u);
  const elsewhere = programsPage({ ...input, done: 'notMe', hasPassword: false }, texts);
  expect(elsewhere).not.toContain('/account/password');
  expect(elsewhere).toContain('Change it there.');
});

test('where there is more than one page, programs are found by their name; the pages of what was found keep it', () => {
  expect(programsPage(input, texts)).not.toContain('name="name"');
  const page = programsPage({ ...input, pages: 3, page: 2, search: 'a & b' }, texts);
  expect(page).toMatch(
    /method="get" action="\/account\/programs"[\s\S]*name="name"[\s\S]*value="a &#38; b"/u,
  );
  expect(page).toContain('/account/programs?page&#61;3&#38;name&#61;a+%26+b');
  expect(page).toContain('All programs');
  const none = programsPage({ ...input, programs: [], search: 'moon' }, texts);
  expect(none).toContain('No program has “moon” in its name.');
  expect(none).toContain('All programs');
});

test('the form says where the person is, but for the first page of all', () => {
  const hidden = (changes: Partial<ProgramsInput>) =>
    Array.from(
      programsPage({ ...input, pages: 3, ...changes }, texts).matchAll(
        /type="hidden" name="(page|name)" value="([^"]*)"/gu,
      ),
      ([, name, value]) => [name, value],
    );
  expect(hidden({})).toEqual([]);
  expect(hidden({ page: 2 })).toEqual([
    ['page', '2'],
    ['name', ''],
  ]);
  expect(hidden({ search: 'a & b' })).toEqual([
    ['page', '1'],
    ['name', 'a &#38; b'],
  ]);
});

test('pages are turned to those before and after, where there are any', () => {
  const links = (page: number, pages: number) =>
    Array.from(
      programsPage({ ...input, page, pages }, texts).matchAll(/page&#61;(\d)">([^<]*)/gu),
      ([, to, text]) => [to, text],
    );
  expect(links(2, 3)).toEqual([
    ['1', 'Used more recently'],
    ['3', 'Used less recently'],
  ]);
  expect(links(1, 2)).toEqual([['2', 'Used less recently']]);
  expect(links(2, 2)).toEqual([['1', 'Used more recently']]);
  const two = programsPage({ ...input, pages: 2 }, texts);
  for (const words of ['Page 1 of 2', 'name="name"']) expect(two).toContain(words);
  expect(programsPage(input, texts)).not.toContain('Page 1 of 1');
});

test('each button says to who hears the page what it ends, and the one for all says it itself', () => {
  const page = programsPage({ ...input, programs: [{ ...program, registeredName: 'Notes' }] }, texts);
  const buttons = Array.from(page.matchAll(/name="end"[^>]*>([^]*?)<\/button>/gu), ([, words]) => words);
  expect(buttons).toEqual([
    'End<span class="hidden">: Notes</span>',
    'This was not me<span class="hidden">: Notes</span>',
    'End all programs and keys',
  ]);
});

test('what is ended is told as done; that somebody else may be signed in is told with care', () => {
  const noteOf = (done: 'ended' | 'endedAll' | 'notMe') =>
    /<div class="(note[^"]*)" role="status"/u.exec(programsPage({ ...input, done }, texts))?.[1];
  expect([noteOf('ended'), noteOf('endedAll'), noteOf('notMe')]).toEqual(['note done', 'note done', 'note']);
  expect(programsPage({ ...input, done: 'ended', endedName: '\u200B' }, texts)).toContain(
    '<strong><bdi>A program without a name</bdi>',
  );
});
