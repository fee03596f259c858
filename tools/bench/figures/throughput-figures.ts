import type { Answer } from '../../load/client/answer.ts';
import { DeviceCalls } from '../../load/client/device-calls.ts';
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

/** Pending logins that are polled in turn: so many that none is polled faster than its interval of a second. */
const pendingLogins = 25_000;

/** Those of a peer, which answers several times fewer polls a second. */
const pendingAtPeer = 2_500;

/** Starts and pending polls a second: each server on one core, Redis and the client on the other. */
export async function throughputFigures({ rounds, seconds, peers: withPeers }: Effort): Promise<Figure[]> {
  runOn(otherCpu);
  const product = await Product.onRedis(otherCpu);
  const others: { stop(): Promise<void> }[] = [];
  try {
    const redisUrl = product.redis.url;
    const api = await product.startApi({ cpu: serverCpu, env: { POLL_INTERVAL_SECONDS: '1' } });
    const bare = await startProgram('floors/bare-http.ts', redisUrl, serverCpu);
    const koa = await startProgram('floors/koa-route.ts', redisUrl, serverCpu);
    const peers = withPeers ? await startPeers(redisUrl, serverCpu, 1) : [];
    others.push(bare.server, koa.server, ...peers);

    const start = (name: string, url: string, request = new DeviceCalls(parseTarget(url)).start()) => ({
      name,
      measure: () => requestsPerSecond(url, seconds, () => request, isOk),
    });
    const starts = await alternate(
      [
        start('ours', api.url),
        start('bare Koa route, one Redis write', koa.url),
        ...peers.map((peer) => start(peer.name, peer.url, peer.start)),
        start('bare node:http, no Redis', bare.url),
      ],
      rounds,
    );

    const codes = await pendingCodes(api.url, pendingLogins);
    const polls = await alternate(
      [
        polling('ours', api.url, codes, pollOf(api.url), seconds),
        polling('bare Koa route, one Redis script', koa.url, codes, pollOf(koa.url), seconds),
        ...(await Promise.all(peers.map((peer) => pollingPeer(peer, seconds)))),
      ],
      rounds,
    );
    return [figureOf('start', starts, 0.7, peers), figureOf('pending poll', polls, 0.75, peers)];
  } finally {
    await Promise.all(others.map((other) => other.stop()));
    await product.stop();
    runOn(null);
  }
}

/** Ours first, then the Koa route. */
function figureOf(
  title: string,
  all: readonly Measured[],
  leastOfKoa: number,
  peers: readonly Peer[],
): Figure {
  const [ours, koa, ...others] = all;
  if (!ours || !koa) throw new Error('A contender was not measured.');
  return {
    title,
    unit: 'requests/s',
    ours,
    others: [koa, ...others],
    targets: [
      atLeast(ours, koa, leastOfKoa),
      ...others
        .filter(({ name }) => peers.some((peer) => peer.name === name))
        .map((peer) => atLeast(ours, peer, 3)),
    ],
  };
}

function pollOf(url: string): (deviceCode: string) => string {
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
  poll: (code: string) => string,
  seconds: number,
): Contender {
  let turn = 0;
  const next = () => poll(codes[turn++ % codes.length] ?? '');
  return { name, measure: () => requestsPerSecond(url, seconds, next, isPending) };
}

const isOk = ({ status }: Answer) => status === 200;

const isPending = ({ status, body }: Answer) =>
  status === 400 && /authorization_pending|slow_down/.test(body);
