import { get, post } from '../../load/client/request.ts';
import { parseTarget } from '../../load/client/target.ts';
import { Product } from '../../load/stack/product.ts';
import { alternate, type Contender } from '../alternating.ts';
import { otherCpu, runOn, serverCpu } from '../cpus.ts';
import { atLeast, type Effort, type Figure } from '../figure.ts';
import { type Credentials, loggedInPrograms, refreshTokensOfPeer } from '../logged-in-programs.ts';
import { startRefreshingPeer } from '../peer.ts';
import { startProgram } from '../program.ts';
import { refreshing } from '../refreshing.ts';
import { connections, requestsPerSecond } from '../throughput.ts';

/**
 * Refreshes and look-ups of credentials a second: the api, the peer and the floor each on one core; the issuer, Redis and the
 * client on the other.
 */
export async function credentialFigures({ rounds, seconds, peers }: Effort): Promise<Figure[]> {
  runOn(otherCpu);
  const product = await Product.onRedis(otherCpu);
  const others: { stop(): Promise<void> }[] = [];
  try {
    await product.startIssuer({ cpu: otherCpu });
    const api = await product.startApi({ cpu: serverCpu });
    const koa = await startProgram('floors/koa-route.ts', product.redis.url, serverCpu);
    others.push(koa.server);
    const programs = await loggedInPrograms(api.url, connections);
    const refreshes = [refreshingOurs(api.url, programs, seconds)];
    if (peers) {
      const peer = await startRefreshingPeer(product.redis.url, serverCpu);
      others.push(peer);
      const { name, url } = peer;
      const tokens = await refreshTokensOfPeer(peer, connections);
      const refresh = (token: string) => peer.refresh(token);
      refreshes.push(refreshing({ name, url, tokens, refresh, member: 'refresh_token', seconds }));
    }
    const [ours, theirs] = await alternate(refreshes, rounds);
    if (!ours) throw new Error('A contender was not measured.');
    // Refreshes do not end earlier access tokens.
    const lookUps = await lookUpFigures(api.url, koa.url, programs, rounds, seconds);
    return [
      {
        title: `refresh, ${connections} programs without pause`,
        unit: 'refreshes/s',
        ours,
        others: theirs ? [theirs] : [],
        targets: theirs ? [atLeast(ours, theirs, 2)] : [],
      },
      ...lookUps,
    ];
  } finally {
    await Promise.all(others.map((other) => other.stop()));
    await product.stop();
    runOn(null);
  }
}

function refreshingOurs(url: string, programs: readonly Credentials[], seconds: number): Contender {
  const fields = `Host: ${parseTarget(url).authority}\r\nContent-Type: application/json\r\n`;
  return refreshing({
    name: 'ours',
    url,
    tokens: programs.map(({ refresh }) => refresh),
    refresh: (token) => post('/api/auth/token/refresh/', fields, `{"refresh":"${token}"}`),
    member: 'refresh',
    seconds,
  });
}

/** Look-ups of the account, by each kind of credential. */
async function lookUpFigures(
  apiUrl: string,
  koaUrl: string,
  programs: readonly Credentials[],
  rounds: number,
  seconds: number,
): Promise<Figure[]> {
  const tokens = programs.map(({ access }) => access);
  const keys = programs.map((program) => program.management_key);
  const [byToken, byKey, koa] = await alternate(
    [
      lookingUp('by access token', apiUrl, tokens, seconds),
      lookingUp('by API key', apiUrl, keys, seconds),
      lookingUp('bare Koa route, one Redis script', koaUrl, keys, seconds),
    ],
    rounds,
  );
  if (!byToken || !byKey || !koa) throw new Error('A contender was not measured.');
  return [byToken, byKey].map((ours) => ({
    title: `look-up ${ours.name}`,
    unit: 'requests/s',
    ours: { ...ours, name: 'ours' },
    others: [koa],
    targets: [],
  }));
}

function lookingUp(name: string, url: string, credentials: readonly string[], seconds: number): Contender {
  const { authority } = parseTarget(url);
  const requests = credentials.map((credential) =>
    get('/api/auth/user/', `Host: ${authority}\r\nAuthorization: Bearer ${credential}\r\n`),
  );
  const [first] = requests;
  if (!first) throw new Error('There is no credential.');
  let turn = 0;
  const next = () => requests[turn++ % requests.length] ?? first;
  return { name, measure: () => requestsPerSecond(url, seconds, next, ({ status }) => status === 200) };
}
