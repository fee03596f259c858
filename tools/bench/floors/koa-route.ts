/**
 * Floor: bare Koa routes with the router and the body parser of our api, and the one Redis round trip that each
 * cannot do without: a write of the same size for a start, a script that reads a hash for a poll and for a look-up.
 */
import { Router } from '@koa/router';
import Koa from 'koa';
import { koaBody } from 'koa-body';
import { account, connectFloor, floorPort, pendingAnswer, startAnswer } from './floor.ts';

const redis = connectFloor('commands');
const storedBytes = 400;
const stored = 'x'.repeat(storedBytes);
const script = "return redis.call('HMGET', KEYS[1], 'state', 'device_hash', 'expires_at', 'waiter')";

const router = new Router();
router.post('/api/auth/device/', koaBody(), async (ctx) => {
  const answer = startAnswer();
  await redis.set(`floor:${answer.device_code.slice(0, 22)}`, stored, 'EX', 60);
  ctx.body = answer;
});
router.post('/api/auth/device/token/', koaBody(), async (ctx) => {
  const { device_code: code } = ctx.request.body as { device_code: string };
  await redis.evalsha(sha, 1, `floor:hash:${code.slice(0, 22)}`);
  ctx.status = 400;
  ctx.body = pendingAnswer;
});
router.get('/api/auth/user/', async (ctx) => {
  await redis.evalsha(sha, 1, `floor:hash:${ctx.get('Authorization').slice(-22)}`);
  ctx.body = account;
});

await new Promise((resolve) => redis.once('ready', resolve));
const sha = String(await redis.script('LOAD', script));
const app = new Koa();
app.use(router.routes()).use(router.allowedMethods());
app.listen({ port: floorPort, backlog: 4096 });
