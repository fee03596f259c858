import { servedAlone } from '../../../../test/support/served-alone.ts';
import type { Principal } from '../access/principal.ts';
import { readAccount, type ReadAccountDeps, readOwner } from './read-account.ts';

const account = { id: 7, email: 'ada@example.com', firstName: 'Ada', lastName: 'King', epoch: '3' };
const asking = (role: Principal['role']) => {
  const asked: string[] = [];
  const authenticator = {
    require: async (_ctx: unknown, capability: string) => {
      asked.push(capability);
      return { role, account } as Principal;
    },
  };
  return { asked, deps: { authenticator } as unknown as ReadAccountDeps };
};
const names = { first_name: 'Ada', last_name: 'King' };
const user = { id: 7, email: 'ada@example.com', ...names };

test('a credential of the account learns who that is, and nothing of how it is kept', async () => {
  const { asked, deps } = asking('management');
  for (const read of [readAccount, readOwner]) {
    const { status, body, header } = await servedAlone(read(deps));
    expect([status, body, header('Cache-Control')]).toEqual([200, user, 'no-store']);
  }
  expect(asked).toEqual(['read the account', "read the owner's name"]);
});

test('a credential for one identity learns the name of the owner alone', async () => {
  expect((await servedAlone(readOwner(asking('identity').deps))).body).toEqual(names);
});
