import type { Answer } from '../../load/client/answer.ts';
import { DeviceCalls } from '../../load/client/device-calls.ts';
import type { ClientRequest } from '../../load/client/request.ts';
import { parseTarget } from '../../load/client/target.ts';
import { Product } from '../../load/stack/product.ts';
import { alternate, type Contender } from '../alternating.ts';
import { otherCpu, runOn, serverCpu } from '../cpus.ts';
import { atLeast, type Effort, type Figure } from '../figure.ts';
import type { Measured } from '../medians.ts';
import { type Peer, startPeers } from '../peer.ts';
import { pendingCodes } from '../pending-codes.ts';
import { startProgram } from '../program.ts';
import { requestsPerSecond } from '../throughput.ts';

/** The pending logins of a peer, which answers several times fewer polls a second. */
const pendingAtPeer = 2_500;

/** Limits that are on, but high enough for the measurement. */
const limited = { RATE_LIMITS: 'on', MAX_PENDING_LOGINS: '100000000', MAX_PENDING_PER_ADDRESS: '100000000' };

/** Starts and pending polls a second: each server on one core, Redis and the client on the other. */
export async function throughputFigures({
  rounds,
  seconds,
  polled,
  peers: withPeers,
}: Effort): Promise<Figure[]> {
  runOn(otherCpu);
  const product = await Product.onRedis(otherCpu);
  const others: { stop(): Promise<void> }[] = [];
  try {
    const redisUrl = product.redis.url;
    const api = await product.startApi({ cpu: serverCpu, env: { POLL_INTERVAL_SECONDS: '1' } });
    const limitedApi = await product.startApi({ cpu: serverCpu, env: limited });
    const bare = await startProgram('floors/bare-http.ts', redisUrl, serverCpu);
    const koa = await startProgram('floors/koa-route.ts', redisUrl, serverCpu);
    const states = await startProgram('floors/bare-api.ts', redisUrl, serverCpu);
    const peers = withPeers ? await startPeers(redisUrl, serverCpu, 1) : [];
    others.push(bare.server, koa.server, states.server, ...peers);

    const start = (name: string, url: string, request = new DeviceCalls(parseTarget(url)).start()) => ({
      name,
      measure: () => requestsPerSecond(url, seconds, () => request, isOk),
    });
    const starts = await alternate(
      [
        start('ours', api.url),
        start('bare Koa route, one Redis write', koa.url),
        ...peers.map((peer) => start(peer.name, peer.url, peer.start)),
        start('our states on bare node:http', states.url),
        start('bare node:http, no Redis', bare.url),
        start('ours, RATE_LIMITS=on', limitedApi.url),
      ],
      rounds,
    );
    const withLimits = starts.pop();

    const pollingAt = async (name: string, url: string) =>
      polling(name, url, await pendingCodes(url, polled), pollOf(url), seconds);
    const polls = await alternate(
      [
        await pollingAt('ours', api.url),
        await pollingAt('bare Koa route, one Redis script', koa.url),
        await pollingAt('our states on bare node:http', states.url),
        ...(await Promise.all(peers.map((peer) => pollingPeer(peer, seconds)))),
      ],
      rounds,
    );
    return [
      figureOf('start', starts, 0.75, peers),
      ...priceOfLimits(withLimits, starts[0]),
      figureOf('pending poll', polls, 0.9, peers),
    ];
  } finally {
    await Promise.all(others.map((other) => other.stop()));
    await product.stop();
    runOn(null);
  }
}

/** The extra cost of a start that is counted first, in its own round trip. */
function priceOfLimits(on: Measured | undefined, off: Measured | undefined): readonly Figure[] {
  if (!on || !off) throw new Error('A contender was not measured.');
  const others = [{ ...off, name: 'ours, RATE_LIMITS=off' }];
  return [{ title: 'start, RATE_LIMITS=on', unit: 'requests/s', ours: on, others, targets: [] }];
}

/** Ours first, then the Koa route. */
function figureOf(title: string, all: readonly Measured[], minOfKoa: number, peers: readonly Peer[]): Figure {
  const [ours, koa, ...others] = all;
  if (!ours || !koa) throw new Error('A contender was not measured.');
  return {
    title,
    unit: 'requests/s',
    ours,
    others: [koa, ...others],
    targets: [
      atLeast(ours, koa, minOfKoa),
      ...others
        .filter(({ name }) => peers.some((peer) => peer.name === name))
        .map((peer) => atLeast(ours, peer, 3)),
    ],
  };
}

function pollOf(url: string): (deviceCode: string) => ClientRequest {
  const calls = new DeviceCalls(parseTarget(url));
  return (deviceCode) => calls.poll(deviceCode);
}

async function pollingPeer(peer: Peer, seconds: number): Promise<Contender> {
  const codes = await pendingCodes(peer.url, pendingAtPeer, peer.start);
  return polling(peer.name, peer.url, codes, (code) => peer.poll(code), seconds);
}

/** Polls each code in its turn. */
function polling(
  name: string,
  url: string,
  codes: readonly string[],
  poll: (code: string) => ClientRequest,
  seconds: number,
): Contender {
  let turn = 0;
  const next = () => poll(codes[turn++ % codes.length] ?? '');
  return { name, measure: () => requestsPerSecond(url, seconds, next, isPending) };
}

const isOk = ({ status }: Answer) => status === 200;

const isPending = ({ status, body }: Answer) =>
  status === 400 && /authorization_pending|slow_down/.test(body);
