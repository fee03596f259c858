import type { Page } from 'playwright-core';
import type { Person } from '../../support/person.ts';
import type { Site } from '../../support/browser/site.ts';

/** A visit to the site: one browser, opened anew, and the person who is signed in there, if anybody is. */
export interface Visit {
  readonly site: Site;
  readonly page: Page;
  readonly person: Person;
}

/** One page as a person meets it, a problem or not: how to get there, and with which status it is answered. */
export interface Scene {
  /** Also the name of its pictures. */
  readonly name: string;
  readonly status: number;
  /** Whether it is met signed in. */
  readonly signedIn: boolean;
  /** It disturbs everybody, so it runs alone. */
  readonly alone?: boolean;
  /** Brings the page up, in at most a few steps, with what a person can do and what may happen. */
  open(visit: Visit): Promise<unknown>;
}

/** Fills in the form with what is given and sends it off by its main button. */
export async function fill(
  page: Page,
  action: string,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  const form = page.locator(`form[action="${action}"]`);
  for (const [name, value] of Object.entries(fields)) await form.locator(`[name="${name}"]`).fill(value);
  await Promise.all([page.waitForNavigation(), form.locator('button.button').first().click()]);
}

/** Sends the page's form with other fields than it has: what a tampered or outdated page would send. */
export async function tamper(
  page: Page,
  action: string,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  await page.evaluate(`(() => {
    const form = document.querySelector('form[action="${action}"]');
    for (const [name, value] of Object.entries(${JSON.stringify(fields)})) {
      for (const field of form.querySelectorAll('[name="' + name + '"]')) field.remove();
      const input = document.createElement('input');
      Object.assign(input, { type: 'hidden', name, value });
      form.append(input);
    }
  })()`);
  await Promise.all([
    page.waitForNavigation(),
    page.evaluate(`HTMLFormElement.prototype.submit.call(
    document.querySelector('form[action="${action}"]'))`),
  ]);
}
