import { atBest } from '../../../../test/support/at-best.ts';
import { type ServedApp, serveApp } from '../../../../test/support/served-app.ts';

let app: ServedApp;
beforeAll(async () => {
  app = await serveApp(({ router }) => {
    router.get('/query', (ctx) => {
      const { query } = ctx;
      ctx.body = { fields: query, isInherited: 'toString' in query, isReadOnce: query === ctx.query };
    });
  });
});
afterAll(() => app.close());

test.each<[string, object]>([
  ['', {}],
  ['?', {}],
  ['?a=1&b=&c&d=%C3%A4+x', { a: '1', b: '', c: '', d: 'ä x' }],
  ['?a=1&b=2&a=&a=3', { a: ['1', '', '3'], b: '2' }],
  [
    '?__proto__=1&__proto__=2&constructor=3',
    JSON.parse('{"__proto__":["1","2"],"constructor":"3"}') as object,
  ],
  ['?%=%ff&=1&&&', { '%': '\u{fffd}', '': '1' }],
])('the query %j has these fields, and is read once', async (query, fields) => {
  const answer = await fetch(`${app.url}/query${query}`);
  expect(await answer.json()).toEqual({ fields, isInherited: false, isReadOnce: true });
});

test('an address of thousands of the same field is read in a moment', async () => {
  const measure = async () => {
    const beganMs = performance.now();
    const answer = await fetch(`${app.url}/query?${'a&'.repeat(7_500)}`);
    await answer.text();
    return performance.now() - beganMs;
  };
  // The reader of Koa takes seconds.
  expect(await atBest(500, measure)).toBeLessThan(500);
});
