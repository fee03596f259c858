import { OAuthClients, registeredClients } from './clients.ts';

const [moon] = registeredClients.parse([
  { client_id: 'moon', client_name: 'Moon agent', scopes: ['identity', 'mail', 'mail'], dpop: 'required' },
]);
if (!moon) throw new Error('The client is missing.');

test('a client that is registered has the name, scopes and proof that its operator set, and no other is welcome', () => {
  const clients = new OAuthClients([moon]);
  expect(clients.find('moon')).toEqual({
    id: 'moon',
    name: 'Moon agent',
    scopes: ['identity', 'mail'],
    dpop: 'required',
  });
  expect(clients.find('sun')).toBeNull();
  expect([clients.registeredName('moon'), clients.registeredName('sun')]).toEqual(['Moon agent', null]);
  expect(clients.scopes).toEqual(['account', 'identity', 'mail']);
});

test('where any client is welcome, each has a usable id of its own, and none that is ours or has a name', () => {
  const clients = new OAuthClients('any');
  expect(clients.find('sun')).toEqual({
    id: 'sun',
    name: null,
    scopes: ['account', 'identity'],
    dpop: 'optional',
  });
  expect(['ravi-device', '', 'a b', 'x'.repeat(129)].map((id) => clients.find(id))).toEqual([
    null,
    null,
    null,
    null,
  ]);
  expect([clients.registeredName('sun'), clients.scopes]).toEqual([null, ['account', 'identity']]);
});
