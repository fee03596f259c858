import { type ServedApp, serveApp } from '../../../../test/support/served-app.ts';
import { createPages } from './index.ts';
import { lookOf } from './look.ts';
import { pageTexts } from './show-page.ts';

const publicUrl = 'https://login.example';
let app: ServedApp;
beforeAll(async () => {
  app = await serveApp(
    (routes) => {
      createPages({ look: lookOf(), publicUrl }).mount(routes);
      routes.router.get('/page', (ctx) => void (ctx.body = pageTexts(ctx).lang));
    },
    { publicUrl },
  );
});
afterAll(() => app.close());

test('the language that a person chooses is that of the pages from then on, as their browser keeps it over https', async () => {
  const languageWith = async (cookie: string) =>
    (await fetch(`${app.url}/page`, { headers: { cookie, 'accept-language': 'fr' } })).text();
  const chosen = await fetch(`${app.url}/language/de`, { redirect: 'manual' });
  const [kept = ''] = (chosen.headers.get('set-cookie') ?? '').split(';');
  expect([await languageWith(''), await languageWith(kept)]).toEqual(['fr', 'de']);
});
