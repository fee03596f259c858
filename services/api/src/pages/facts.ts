import { html } from 'ghtml';

/** One line of a list of facts: its label, and what stands beside it, each HTML made by `html`. */
export interface Fact {
  readonly label: string;
  readonly values: readonly string[];
}

/** A fact in plain text; none if there is nothing to say. */
export function fact(label: string, ...texts: readonly string[]): readonly Fact[] {
  const values = texts.filter((text) => text !== '').map((text) => html`<bdi>${text}</bdi>`);
  return values.length === 0 ? [] : [{ label, values }];
}

/** A fact as machines write it, such as an address. */
export const monoFact = (label: string, text: string): readonly Fact[] => [
  { label, values: [html`<span class="mono">${text}</span>`] },
];

/** A list of facts. A label stands above its fact where the text is too large for both in a line. */
export function factList(facts: readonly Fact[]): string {
  // Not by `html`, whose lines are white space that long lists would send.
  const lines = facts.map(({ label, values }) => {
    const told = values.map((value) => `<dd>${value}</dd>`).join('');
    return `<div>${html`<dt>${label}</dt>`}${told}</div>`;
  });
  return `<dl>${lines.join('')}</dl>`;
}
