import type { Scene, Visit } from './scene.ts';

/** Opens the confirmation of a login for which a number must be picked, and picks: the right one, or another, or none. */
async function pick({ page, site }: Visit, wanted: 'right' | 'wrong' | 'none') {
  const { user_code: code, verification } = await site.startLogin('Moon agent');
  await page.goto(`/device?user_code=${code}`);
  const number = page.locator('input[name=verification]');
  const right = page.locator(`input[name=verification][value="${verification}"]`);
  const wrong = number.and(page.locator(`:not([value="${verification}"])`)).first();
  if (wanted !== 'none') await (wanted === 'right' ? right : wrong).check({ force: true });
}

const approve = ({ page }: Visit) =>
  Promise.all([page.waitForNavigation(), page.locator('button[value=approve]').click()]);

/** What is met where the operator asks for the number that the program shows. */
export const numberScenes: readonly Scene[] = [
  { name: 'number', status: 200, signedIn: true, open: (visit) => pick(visit, 'none') },
  {
    name: 'number-needed',
    status: 400,
    signedIn: true,
    open: async (visit) => {
      await pick(visit, 'none');
      // As a browser that does not know "required".
      await visit.page.evaluate(
        `document.querySelectorAll('form').forEach((form) => (form.noValidate = true))`,
      );
      await approve(visit);
    },
  },
  {
    name: 'number-wrong',
    status: 200,
    signedIn: true,
    open: async (visit) => {
      await pick(visit, 'wrong');
      await approve(visit);
    },
  },
  {
    name: 'number-right',
    status: 200,
    signedIn: true,
    open: async (visit) => {
      await pick(visit, 'right');
      await approve(visit);
    },
  },
];
