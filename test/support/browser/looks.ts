import axe from 'axe-core';
import type { Page, Request } from 'playwright-core';

/** The sizes at which pages are looked at, in CSS pixels. */
export const sizes = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 900 },
  /** The narrowest that must do without scrolling sideways: 1280 px at 400%. (WCAG 2.2, 1.4.10) */
  narrow: { width: 320, height: 640 },
  /** The desktop at 200%. (WCAG 2.2, 1.4.4) */
  zoomed: { width: 640, height: 450 },
} as const;

/** WCAG 2.2 AA with all that came before it, and what axe's authors advise besides. */
const rules = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'],
  rules: { 'target-size': { enabled: true } },
  resultTypes: ['violations'],
};

/** The faults that axe-core finds in the page as it is now, one line each. */
export async function violations(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate(`'axe' in globalThis`))) await page.evaluate(axe.source);
  return page.evaluate<string[]>(`axe.run(document, ${JSON.stringify(rules)}).then(({ violations }) =>
    violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => id + ': ' + help + ' ' + target)))`);
}

/** By how many pixels the page is wider than the window, so that people have to scroll sideways: as it is, and with double text. */
export function overflows(page: Page): Promise<readonly [number, number]> {
  return page.evaluate<[number, number]>(`(() => {
    const { documentElement } = document;
    const overflow = () => Math.max(0, documentElement.scrollWidth - innerWidth);
    const before = overflow();
    documentElement.style.fontSize = '200%';
    const doubled = overflow();
    documentElement.style.fontSize = '';
    return [before, doubled];
  })()`);
}

/** By how many pixels the page is wider than the window as it is. */
export async function overflow(page: Page): Promise<number> {
  const [wider] = await overflows(page);
  return wider;
}

/** Doubles the text alone, as browsers can be told to. */
export async function doubleText(page: Page, doubled: boolean): Promise<void> {
  await page.evaluate(`document.documentElement.style.fontSize = ${doubled ? '"200%"' : '""'}`);
}

/**
 * What counts as a shift, where a tenth is said to disturb people: a busy machine may paint a page of which the end is still on its
 * way, and a line of its head then moves by a few pixels once.
 */
const leastShift = 0.001;

/** What moved by itself since the page came, in a line each. (Layout Instability, W3C) */
export function layoutShifts(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`new Promise((resolve) => {
    const seen = [];
    const observer = new PerformanceObserver((list) => seen.push(...list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => {
      seen.push(...observer.takeRecords());
      resolve(seen.filter(({ value }) => value >= ${leastShift}).flatMap(({ value, sources }) => sources.map(({ node, previousRect, currentRect }) =>
        value + ': ' + (node?.outerHTML ?? node?.nodeName) .slice(0, 80) +
        JSON.stringify(previousRect) + ' → ' + JSON.stringify(currentRect))));
    })));
  })`);
}

/** Counts the bytes of a page with everything it loads: heads and bodies of answers, since its document was asked for. */
export class Scales {
  #requests: Request[] = [];
  readonly #finished = new Set<Request>();

  constructor(page: Page) {
    page.on('request', (request) => {
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) this.#requests = [];
      this.#requests.push(request);
    });
    page.on('requestfinished', (request) => this.#finished.add(request));
  }

  async bytes(): Promise<number> {
    const [document] = this.#requests;
    await (await document?.response())?.finished();
    const finished = this.#requests.filter((request) => request === document || this.#finished.has(request));
    const sizes = await Promise.all(finished.map((request) => request.sizes()));
    return sizes.reduce((sum, size) => sum + size.responseBodySize + size.responseHeadersSize, 0);
  }
}
