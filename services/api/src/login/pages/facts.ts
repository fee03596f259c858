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

/** A list of facts. A label stands above its fact where the text is too large for both in a line. */
export function factList(facts: readonly Fact[]): string {
  const lines = facts.map(
    ({ label, values }) =>
      html`<div>
        <dt>${label}</dt>
        !${values.map((value) => html`<dd>!${value}</dd>`)}
      </div>`,
  );
  return html`<dl>!${lines}</dl>`;
}
