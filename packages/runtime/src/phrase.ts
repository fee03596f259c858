/** The names that stand in braces in a template. */
type PlaceholdersOf<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PlaceholdersOf<Rest>
  : never;

/** A text with placeholders, which a call fills: `texts.signIn.through({ provider: 'GitHub' })`. */
export interface Phrase<Name extends string> {
  (values: Readonly<Record<Name, string | number>>): string;
  readonly template: string;
}

const placeholder = /\{(\w+)\}/gu;

/** Makes a text of a template such as `Sign in with {provider}`. Each language has the same placeholders, in its own order. */
export function phrase<const Template extends string>(template: Template): Phrase<PlaceholdersOf<Template>> {
  const fill = (values: Readonly<Record<string, string | number>>): string => fillTemplate(template, values);
  return Object.assign(fill, { template });
}

/** Puts the values where the template names them; a placeholder without a value stays. */
export function fillTemplate(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(placeholder, (whole, name: string) => String(values[name] ?? whole));
}

/** The names of a template's placeholders. */
export function placeholdersOf(template: string): ReadonlySet<string> {
  return new Set(Array.from(template.matchAll(placeholder), ([, name = '']) => name));
}
