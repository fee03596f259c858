/**
 * Floor: bare Koa routes with the router and the body parser of our api, and the one Redis round trip that each
 * cannot do without: a hash of the same size written for a start, a script that reads that hash for a poll, and the same of an
 * account for a look-up.
 */
import { Router } from '@koa/router';
import Koa from 'koa';
import { koaBody } from 'koa-body';
import { account, connectFloor, floorPort, pendingAnswer, startAnswer } from './floor.ts';

const redis = connectFloor('commands');
const storedBytes = 400;
const stored = 'x'.repeat(storedBytes);
const loginScript = "return redis.call('HMGET', KEYS[1], 'state', 'device_hash', 'expires_at', 'waiter')";
const accountScript = "return redis.call('HMGET', KEYS[1], 'email', 'first_name', 'last_name', 'epoch')";
const accountKey = 'floor:account:1';
const loginKey = (deviceCode: string) => `floor:login:${deviceCode.slice(0, 22)}`;

const router = new Router();
router.post('/api/auth/device/', koaBody(), async (ctx) => {
  const answer = startAnswer();
  const key = loginKey(answer.device_code);
  await redis.hset(key, 'state', 'pending', 'device_hash', stored, 'expires_at', '4102444800000');
  ctx.body = answer;
});
router.post('/api/auth/device/token/', koaBody(), async (ctx) => {
  const { device_code: code } = ctx.request.body as { device_code: string };
  await redis.evalsha(loginSha, 1, loginKey(code));
  ctx.status = 400;
  ctx.body = pendingAnswer;
});
router.get('/api/auth/user/', async (ctx) => {
  await redis.evalsha(accountSha, 1, accountKey);
  ctx.body = account;
});

await new Promise((resolve) => redis.once('ready', resolve));
const loginSha = String(await redis.script('LOAD', loginScript));
const accountSha = String(await redis.script('LOAD', accountScript));
await redis.hset(accountKey, { email: account.email, first_name: '', last_name: '', epoch: '1' });
const app = new Koa();
app.use(router.routes()).use(router.allowedMethods());
app.listen({ port: floorPort, backlog: 4096 });
