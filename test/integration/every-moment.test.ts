import { setImmediate as turn } from 'node:timers/promises';
import { World } from '../support/credential-world.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClient, type Writing } from '../support/fake-response.ts';
import { LoginBench, type StoredLogin } from '../support/logins.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type Api, type Around, settle, twoApis } from '../support/two-apis.ts';

let redis: TestRedis;
let bench: LoginBench;
let world: World;
let person: { readonly id: number; readonly epoch: string };
beforeAll(async () => {
  redis = await startRedis();
  bench = await LoginBench.open(redis.url);
  world = new World(bench.redis);
  const { id } = await world.person();
  person = { id, epoch: (await world.accounts.read(id))?.account.epoch ?? '' };
});
afterAll(async () => {
  await world.revocation.close();
  bench.close();
  await redis.stop();
});

/** One login, from its start until all rests. */
interface Course {
  readonly login: StoredLogin;
  readonly apis: readonly [Api, Api];
  /** The program's first request. */
  readonly client: FakeClient;
  /** The program sends another request. */
  readonly askAgain: (api: Api) => Promise<void>;
}

/** What happens at some moment of a course. */
interface Happening {
  readonly happen: (course: Course) => Promise<void> | void;
  /** A lease that nobody gives back may be left: it ends by itself after seconds. */
  readonly mayLoseLease?: boolean;
}

const happenings: Readonly<Record<string, Happening>> = {
  'its program leaves': { happen: ({ client }) => client.leave() },
  'it is woken once more': { happen: ({ apis, login }) => apis[0].waits.onWakeup(login.deviceCode.loginId) },
  'it asks again at the same api': { happen: ({ apis, askAgain }) => askAgain(apis[0]) },
  'it asks again at another api': { happen: ({ apis, askAgain }) => askAgain(apis[1]) },
  'its lease ends': {
    happen: async ({ login }) => {
      if ((await bench.redis.hexists(bench.keyOf(login), 'leased_until')) === 1)
        await bench.lapseLease(login);
    },
  },
  'its api stops': { happen: ({ apis }) => apis[0].waits.close() },
  'Redis is away': {
    happen: () => {
      throw new Error('Connection is closed.');
    },
    mayLoseLease: true,
  },
};

interface Outcome {
  /** How many requests got the credentials. */
  readonly handedOver: number;
  /** How many requests were neither answered nor left when all had come to rest. */
  readonly hanging: number;
  /** What a later request gets. */
  readonly next: string;
  /** How many moments the course had. */
  readonly moments: number;
}

/** Runs a course in which something happens at its moment `at`, the first being 1. */
async function run(
  how: 'wait' | 'poll',
  writing: Writing,
  { happen, mayLoseLease = false }: Happening,
  at: number,
): Promise<Outcome> {
  const login = await bench.start();
  let moments = 0;
  let underWay = 0;
  const reach = async () => {
    moments++;
    if (moments !== at) return;
    underWay++;
    try {
      await happen({ login, apis, client, askAgain: (api) => ask('wait', api, newClient('written')) });
    } finally {
      underWay--;
    }
  };
  // Before Redis has a command, and when its reply has come.
  const around: Around = async (step) => {
    underWay++;
    try {
      await reach();
      const result = await step();
      await reach();
      return result;
    } finally {
      underWay--;
    }
  };
  const clients: FakeClient[] = [];
  const newClient = (its: Writing) => {
    // What Redis does matters while it is asked alone.
    const made = new FakeClient(() => its, mayLoseLease ? () => Promise.resolve() : reach);
    clients.push(made);
    return made;
  };
  // As the call does where the login cannot be asked for: it is told to ask again.
  const ask = (kind: 'wait' | 'poll', api: Api, asking: FakeClient) =>
    api.ask(kind, login, asking).catch(() => asking.reply.send(400, '{}'));
  const client = newClient(writing);
  const apis = twoApis({ bench, world, around });
  const rest = async () => {
    const isAtRest = async () => {
      await turn();
      await Promise.all(apis.map(({ redeemer }) => redeemer.allNoted()));
      await turn();
      return underWay === 0;
    };
    await eventually('all rests', isAtRest, 60_000, 1);
  };

  if (how === 'wait') await ask('wait', apis[0], client);
  const { loginId } = login.deviceCode;
  await bench.store.approve(loginId, person.id, '', undefined, undefined, person.epoch);
  const waiter = await settle(bench, login, world.issued(person.id, person.epoch, '', 'account'));
  if (how === 'poll') await ask('poll', apis[0], client);
  else if (waiter !== null) apis[waiter === 'i1' ? 0 : 1].waits.onWakeup(loginId);
  await rest();
  if (mayLoseLease) {
    // What was not noted in time heals: the lease ends, and a sweep finds what nobody was woken for.
    await bench.lapseLease(login);
    await Promise.all(apis.map(({ waits }) => waits.sweep(0)));
    await rest();
  }
  const held = apis.reduce((sum, { waits }) => sum + waits.size, 0);
  // Those whose place a newer request took are held for a second.
  for (const { waits } of apis) waits.close();
  await rest();
  return {
    handedOver: clients.filter(({ received }) => received?.status === 200).length,
    hanging: held + clients.filter(({ reply }) => !reply.isOver).length,
    next: (await bench.redeem(login)).kind,
    moments,
  };
}

const writings: readonly Writing[] = ['written', 'lost', 'throws'];

test.each(Object.entries(happenings))(
  'at whatever moment of a handing over %s: the credentials are handed over at most once, are there for the next request otherwise, and nobody is left hanging',
  async (_, happening) => {
    for (const how of ['wait', 'poll'] as const) {
      for (const writing of writings) {
        let [at, last] = [0, Infinity];
        while (at < last) {
          const { handedOver, hanging, next, moments } = await run(how, writing, happening, ++at);
          // Once more than a course has moments: then nothing happens.
          if (moments < at) last = at;
          const where = `${how}, ${writing}, moment ${at}`;
          const expected = handedOver === 1 ? 'redeemed' : 'issued';
          expect([where, handedOver <= 1, hanging, next]).toEqual([where, true, 0, expected]);
        }
      }
    }
  },
);
