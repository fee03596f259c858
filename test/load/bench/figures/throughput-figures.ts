import type { Answer } from '../../client/answer.ts';
import { DeviceCalls } from '../../client/device-calls.ts';
import { parseTarget } from '../../client/target.ts';
import { Product } from '../../stack/product.ts';
import { alternate } from '../alternating.ts';
import { otherCpu, runOn, serverCpu } from '../cpus.ts';
import { atLeast, type Effort, type Figure } from '../figure.ts';
import { startFloor } from '../floor-process.ts';
import { requestsPerSecond } from '../throughput.ts';

/** Pending logins that are polled in turn: so many that none is polled faster than its interval of a second. */
const pendingLogins = 25_000;

/** Starts and pending polls a second: each server on one core, Redis and the client on the other. */
export async function throughputFigures({ rounds, seconds }: Effort): Promise<Figure[]> {
  runOn(otherCpu);
  const product = await Product.onRedis(otherCpu);
  const floors: { stop(): Promise<void> }[] = [];
  try {
    const api = await product.startApi({ cpu: serverCpu, env: { POLL_INTERVAL_SECONDS: '1' } });
    const bare = await startFloor('floors/bare-http', product.redis.url, serverCpu);
    const koa = await startFloor('floors/koa-route', product.redis.url, serverCpu);
    floors.push(bare.server, koa.server);

    const start = (name: string, url: string) => {
      const calls = new DeviceCalls(parseTarget(url));
      const measure = () =>
        requestsPerSecond(
          url,
          seconds,
          () => calls.start(),
          (answer) => answer.status === 200,
        );
      return { name, measure };
    };
    const [ours, koaStart, ...bareStart] = await alternate(
      [
        start('ours', api.url),
        start('bare Koa route, one Redis write', koa.url),
        start('bare node:http, no Redis', bare.url),
      ],
      rounds,
    );

    const codes = await pendingCodes(api.url);
    const poll = (name: string, url: string) => {
      const calls = new DeviceCalls(parseTarget(url));
      let turn = 0;
      const next = () => calls.poll(codes[turn++ % codes.length] ?? '');
      return { name, measure: () => requestsPerSecond(url, seconds, next, isPending) };
    };
    const [oursPoll, koaPoll] = await alternate(
      [poll('ours', api.url), poll('bare Koa route, one Redis script', koa.url)],
      rounds,
    );
    if (!ours || !koaStart || !oursPoll || !koaPoll) throw new Error('A contender was not measured.');
    return [
      {
        title: 'start',
        unit: 'requests/s',
        ours,
        others: [koaStart, ...bareStart],
        targets: [atLeast(ours, koaStart, 0.7)],
      },
      {
        title: 'pending poll',
        unit: 'requests/s',
        ours: oursPoll,
        others: [koaPoll],
        targets: [atLeast(oursPoll, koaPoll, 0.75)],
      },
    ];
  } finally {
    await Promise.all(floors.map((floor) => floor.stop()));
    await product.stop();
    runOn(null);
  }
}

const isPending = ({ status, body }: Answer) =>
  status === 400 && /authorization_pending|slow_down/.test(body);

async function pendingCodes(url: string): Promise<readonly string[]> {
  const codes: string[] = [];
  const calls = new DeviceCalls(parseTarget(url));
  const collect = (answer: Answer) => {
    codes.push((JSON.parse(answer.body) as { device_code: string }).device_code);
    return answer.status === 200;
  };
  while (codes.length < pendingLogins) await requestsPerSecond(url, 1, () => calls.start(), collect);
  return codes;
}
