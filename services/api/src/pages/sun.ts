import { html } from 'ghtml';

/** The page's icon as a data URL: it needs no request, and `img-src data:` allows it. */
export const iconHref = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#e8912a" d="M3 22a13 13 0 0 1 26 0z"/><path stroke="#8a7f72" stroke-width="2" d="M0 25h32"/></svg>',
)}`;

/** The state of the sun over the page's horizon: small on working pages, large on the first and the last. */
export type SunState = 'low' | 'rising' | 'risen' | 'refused' | 'set';

const half = '<path d="M8 96a36 36 0 0 1 72 0z"/>';

const shapes: Readonly<Record<SunState, string>> = {
  low: half,
  rising: half,
  risen: '<circle cx="44" cy="44" r="36"/><path class="stroke" d="m29 45 10 10 20-21"/>',
  refused:
    '<circle class="hollow" cx="44" cy="44" r="35"/><path class="stroke" d="m33 33 22 22m0-22L33 55"/>',
  set: half,
};

/** The sun in the page's head. It is decoration: the heading says the same in words. */
export function sun(state: SunState): string {
  const [size, viewBox] = state === 'low' ? [[36, 18], '8 60 72 36'] : [[72, 96], '8 0 72 96'];
  return html`<svg
    class="sun ${state}"
    width="${size[0]}"
    height="${size[1]}"
    viewBox="${viewBox}"
    aria-hidden="true"
  >
    <g>!${shapes[state]}</g>
  </svg>`;
}
