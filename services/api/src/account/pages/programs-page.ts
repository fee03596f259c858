import { html } from 'ghtml';
import { displayLimits, displaySafe } from '../../pages/display-safe.ts';
import { type Fact, fact, factList, monoFact } from '../../pages/facts.ts';
import { hiddenFields } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { passwordHint } from '../../people/pages/password-page.ts';
import { paths } from '../../pages/paths.ts';
import { relativeTime } from '../../pages/relative-time.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** An API key, as its owner recognises it. */
export interface ShownKey {
  readonly prefix: string;
  /** What it was called when it was made; the name of the program where that brought it. */
  readonly label: string;
  readonly kind: 'management' | 'identity';
  readonly usedSecondsAgo: number | null;
  /** Null where it has no end of its own. */
  readonly endsInSeconds: number | null;
}

/** One login of the account: who got credentials, and what is left of them. */
export interface ShownProgram {
  readonly id: string;
  /** What the program called itself; empty where it said nothing. */
  readonly name: string;
  /** What the operator calls the client that it is. */
  readonly registeredName?: string | undefined;
  readonly address: string;
  readonly loggedInSecondsAgo: number;
  readonly usedSecondsAgo: number | null;
  /** The one identity it was granted; undefined for the whole account. */
  readonly identityName?: string | undefined;
  /** Its tokens are valid; false where only keys are left. */
  readonly hasTokens: boolean;
  /** The end that its human chose; null for none. */
  readonly endsInSeconds: number | null;
  /** When it ends if it is not used until then; null if that ends nothing. */
  readonly endsUnusedInSeconds: number | null;
  readonly keys: readonly ShownKey[];
}

/** One page of the account's programs, the last used first. */
export interface ProgramsInput {
  readonly csrfToken: string;
  readonly account: { readonly email: string };
  readonly programs: readonly ShownProgram[];
  readonly page: number;
  readonly pages: number;
  /** The words that the names of these programs have; empty where all are shown. */
  readonly search: string;
  /** What was just done, if anything. */
  readonly done?: 'ended' | 'endedAll' | 'notMe' | undefined;
  /** What the program that was just ended called itself, or is registered as; undefined where that is not known any more. */
  readonly endedName?: string | undefined;
  /** False for people who sign in through a provider. */
  readonly hasPassword: boolean;
}

/** The programs that have credentials of this account; one or all can be ended, everywhere at once. */
export function programsPage(input: ProgramsInput, texts: Texts): string {
  const { csrfToken, account, programs, done, search } = input;
  const t = texts.programs;
  const none = programs.length === 0 && input.page === 1;
  const lead = search === '' ? t.none : t.search.none({ name: search });
  // What has not come for its access yet, and may be somebody else's, is in no list.
  const notYet = input.page === 1 && search === '' ? html`<p class="small quiet">${t.notYet}</p>` : '';
  const listed = html`<div class="facts">!${programs.map((program) => entry(program, texts))}</div>
    !${turning(input, texts)}
    <p class="small quiet">${t.ways}</p>`;
  // One form for all buttons: each has what it ends as its value, and the page stays small.
  const ends = html`<form method="post" action="${paths.endProgram}" class="stack">
    !${hiddenFields({ csrf_token: csrfToken, ...placeFields(input.page, search) })} !${none ? '' : listed}
    !${notYet}
    <details>
      <summary>${t.endAll}</summary>
      <div class="stack">
        <p>${t.endAllWarning}</p>
        !${endButton('all', t.endAll, '', 'danger')}
      </div>
    </details>
  </form>`;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p class="quiet">${none ? lead : t.lead}</p>
    </div>
    !${done ? note(done, input, texts) : ''} !${searching(input, texts)} !${none && search !== '' ? '' : ends}
    <p><a href="${paths.activity}">${texts.activity.title}</a></p>
    <p><a href="${paths.device}">${texts.toDevice}</a></p>`;
  return layout({ title: t.title, signedIn: { email: account.email, csrfToken }, body }, texts);
}

/** What was done; if it was not this person who approved it, also what else helps, with a link. */
function note(
  done: NonNullable<ProgramsInput['done']>,
  { hasPassword, endedName }: ProgramsInput,
  texts: Texts,
): string {
  const t = texts.programs;
  const helps = html`<ul>
    <li><a href="${paths.sessions}">${t.endSessions}</a></li>
    <li>!${passwordHint(hasPassword, texts)}</li>
  </ul>`;
  const name = endedName === undefined ? '' : displaySafe(endedName, displayLimits.name) || t.nameless;
  const named =
    name === ''
      ? ''
      : html`<p>
          <strong><bdi>${name}</bdi></strong>
        </p>`;
  return html`<div class="${done === 'notMe' ? 'note' : 'note done'}" role="status">
    !${named}
    <p>${t.done[done]}</p>
    !${done === 'notMe' ? helps : ''}
  </div>`;
}

function entry(program: ShownProgram, texts: Texts): string {
  const t = texts.programs;
  const { registeredName = '' } = program;
  const registered = displaySafe(registeredName, displayLimits.name);
  const name = registered || displaySafe(program.name, displayLimits.name) || t.nameless;
  const tag = registered ? t.registered : texts.confirm.unverified;
  const end = endButton(`program.${program.id}`, t.end, name, 'outline');
  const notMe = endButton(`notMe.${program.id}`, t.notMe, name, 'danger');
  const head = html`<h2><bdi>${name}</bdi> <span class="tag">${tag}</span></h2>`;
  // Not by `html`, whose lines are white space that long lists would send.
  return `<section>${head}${factList(factsOf(program, texts))}<div class="decision">${end}${notMe}</div></section>`;
}

function factsOf(program: ShownProgram, texts: Texts): readonly Fact[] {
  const t = texts.programs;
  const { identityName } = program;
  const holds = program.keys.map((key) => keyLine(key, program.name, texts));
  if (program.hasTokens) holds.push(html`${t.tokens}`);
  return [
    ...fact(t.loggedIn, relativeTime(-program.loggedInSecondsAgo, texts.lang)),
    ...monoFact(t.address, displaySafe(program.address)),
    ...fact(t.used, used(program.usedSecondsAgo, texts)),
    ...fact(t.may, identityName === undefined ? t.wholeAccount : displaySafe(identityName)),
    ...fact(t.ends, ends(program, texts)),
    ...(holds.length === 0 ? [] : [{ label: t.keys, values: holds }]),
  ];
}

function keyLine(key: ShownKey, programName: string, texts: Texts): string {
  const t = texts.programs;
  const label = key.label === programName ? '' : displaySafe(key.label, displayLimits.name);
  const { endsInSeconds: seconds } = key;
  const details = [
    ...(label === '' ? [] : [html`<bdi>${label}</bdi>`]),
    html`${t.keyKinds[key.kind]}`,
    html`${used(key.usedSecondsAgo, texts)}`,
    ...(seconds === null ? [] : [html`${t.keyEnds({ when: relativeTime(seconds, texts.lang) })}`]),
  ];
  return html`<span class="mono">${key.prefix}…</span> !${details.join(', ')}`;
}

/** A button that says what it ends; `about` says the same to a screen reader. It is red if it reports an intruder or ends everything. */
function endButton(end: string, label: string, about: string, look: 'outline' | 'danger'): string {
  const hidden = about === '' ? '' : html`<span class="hidden">: ${about}</span>`;
  return html`<button class="button ${look}" name="end" value="${end}">${label}!${hidden}</button>`;
}

/** Finds programs by their name, where there is more than one page of them. */
function searching({ pages, search }: ProgramsInput, texts: Texts): string {
  const t = texts.programs.search;
  if (pages < 2 && search === '') return '';
  return html`<form class="stack" method="get" action="${paths.programs}">
    <div class="tight">
      <label for="name">${t.label}</label>
      <input id="name" name="name" type="text" autocomplete="off" maxlength="80" value="${search}" />
    </div>
    <button class="button outline">${t.submit}</button>
    !${search === '' ? '' : html`<p><a href="${paths.programs}">${t.all}</a></p>`}
  </form>`;
}

function turning({ page, pages, search }: ProgramsInput, texts: Texts): string {
  const t = texts.programs;
  if (pages < 2) return '';
  const link = (to: number, text: string) =>
    to < 1 || to > pages ? '' : html`<a href="${pagePath(to, search)}">${text}</a>`;
  return html`<p>!${link(page - 1, t.newer)} ${t.pageOf({ page, pages })} !${link(page + 1, t.older)}</p>`;
}

/** Where a page of the programs is; with a search, of those that it found. `done` is what the page tells of what was just done. */
export function pagePath(page: number, search: string, done: Readonly<Record<string, string>> = {}): string {
  const query = { page: String(page), ...(search === '' ? {} : { name: search }), ...done };
  return `${paths.programs}?${new URLSearchParams(query).toString()}`;
}

/** The page and the search in which something is ended, for the way back there; neither for the first page of all. */
function placeFields(page: number, search: string): Readonly<Record<string, string>> {
  return page === 1 && search === '' ? {} : { page: String(page), name: search };
}

function used(secondsAgo: number | null, texts: Texts): string {
  return secondsAgo === null ? texts.programs.neverUsed : relativeTime(-secondsAgo, texts.lang);
}

function ends({ endsInSeconds, endsUnusedInSeconds }: ShownProgram, texts: Texts): string {
  const t = texts.programs;
  if (endsInSeconds !== null) return relativeTime(endsInSeconds, texts.lang);
  return endsUnusedInSeconds === null
    ? t.endsByYou
    : t.endsUnused({ when: relativeTime(endsUnusedInSeconds, texts.lang) });
}
