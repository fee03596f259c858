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
