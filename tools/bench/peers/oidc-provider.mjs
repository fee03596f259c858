/**
 * Peer: `oidc-provider` with the device flow on and everything that it keeps in Redis, through the adapter interface
 * of its documentation: a token under its id, a second key from the user_code to it, the keys of a grant in a list.
 * `POST /approve?user_code=` has the effect of its pages when a human consents.
 */
import { Redis } from 'ioredis';
import { Provider } from 'oidc-provider';

const redis = new Redis(process.env.REDIS_URL, { keyPrefix: 'oidc:', enableAutoPipelining: true });
const port = Number(process.env.PORT);

/** Models that can be consumed: a hash, so that "consumed" is one field. */
const consumable = new Set(['AuthorizationCode', 'RefreshToken', 'DeviceCode']);

class RedisAdapter {
  constructor(name) {
    this.name = name;
  }

  async upsert(id, payload, expiresIn) {
    const key = this.key(id);
    const text = JSON.stringify(payload);
    const multi = redis.multi();
    if (consumable.has(this.name)) multi.hset(key, 'payload', text);
    else multi.set(key, text);
    if (expiresIn) multi.expire(key, expiresIn);
    if (payload.userCode) multi.set(`user-code:${payload.userCode}`, id, 'EX', expiresIn);
    if (payload.grantId && this.name !== 'Grant') {
      multi.rpush(`grant:${payload.grantId}`, key);
      if (expiresIn) multi.expire(`grant:${payload.grantId}`, expiresIn);
    }
    await multi.exec();
  }

  async find(id) {
    if (!consumable.has(this.name)) {
      const text = await redis.get(this.key(id));
      return text === null ? undefined : JSON.parse(text);
    }
    const { payload, consumed } = await redis.hgetall(this.key(id));
    return payload && { ...JSON.parse(payload), ...(consumed && { consumed }) };
  }

  async findByUserCode(userCode) {
    return this.find(await redis.get(`user-code:${userCode}`));
  }

  async findByUid() {
    return undefined;
  }

  async consume(id) {
    await redis.hset(this.key(id), 'consumed', Math.floor(Date.now() / 1000));
  }

  async destroy(id) {
    await redis.del(this.key(id));
  }

  async revokeByGrantId(grantId) {
    const keys = await redis.lrange(`grant:${grantId}`, 0, -1);
    await redis.del(`grant:${grantId}`, ...keys);
  }

  key(id) {
    return `${this.name}:${id}`;
  }
}

const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: RedisAdapter,
  clients: [
    {
      client_id: 'bench',
      token_endpoint_auth_method: 'none',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      redirect_uris: [],
      response_types: [],
    },
  ],
  features: { deviceFlow: { enabled: true }, devInteractions: { enabled: false } },
  findAccount: async (_ctx, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
  // A program gets a refresh token without asking for a scope of that name, as with us. Each use brings another one.
  issueRefreshToken: async () => true,
  ttl: { DeviceCode: 900, Grant: 3600, AccessToken: 3600, RefreshToken: 3600 },
  cookies: { keys: ['bench'] },
});

provider.use(async (ctx, next) => {
  if (ctx.path !== '/approve') return next();
  const code = await provider.DeviceCode.findByUserCode(String(ctx.query.user_code).replace('-', ''));
  const grant = new provider.Grant({ accountId: 'someone', clientId: 'bench' });
  Object.assign(code, { accountId: 'someone', grantId: await grant.save(), authTime: 0 });
  await code.save();
  ctx.body = { status: 'approved' };
});

provider.listen({ port, backlog: 4096 });
