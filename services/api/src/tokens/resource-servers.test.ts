import { z } from 'zod';
import { registeredResourceServers, ResourceServers } from './resource-servers.ts';

const servers = new ResourceServers(
  registeredResourceServers(z.string().min(8)).parse([
    { id: 'notes', secret: 'a good secret', resource: 'https://notes.example.com' },
    // SHA-256 of "another secret".
    { id: 'own', secret_sha256: '2a38ea589ea53942aaadc5460a48cf8e43f1092108d181a371451050758aaf51' },
    { id: 'urn:mail', secret: 'a good secret', resource: 'urn:mail' },
  ]),
);

test('a service is recognised by its own secret alone', () => {
  const audience = (id: string, secret: string) => servers.recognise({ id, secret });
  expect(audience('notes', 'a good secret')).toBe('https://notes.example.com');
  expect(audience('notes', 'another')).toBeNull();
  expect(audience('unknown', '')).toBeNull();
  expect(audience('own', 'another secret')).toBe('ravi-api');
  expect(audience('own', 'a good secret')).toBeNull();
});

test('a request names one service that is registered, however it spells it, or none', () => {
  expect([servers.requested(undefined), servers.requested('')]).toEqual(['', '']);
  expect(servers.requested('HTTPS://notes.example.com/')).toBe('https://notes.example.com');
  expect(servers.requested('https://notes.example.com https://NOTES.example.com/')).toBe(
    'https://notes.example.com',
  );
  expect(() => servers.requested('https://notes.example.com urn:mail')).toThrow('send one resource');
  const roundabout = (length: number) => 'https://notes.example.com/..'.padEnd(length, '/..');
  expect(servers.requested(roundabout(512))).toBe('https://notes.example.com');
  for (const bad of ['https://mail.example.com', 'notes', roundabout(514)])
    expect(() => servers.requested(bad)).toThrow('This resource is not known here.');
});

test('people are shown the name of a service with its URI, once where both are the same', () => {
  expect(servers.describe('')).toBe('');
  expect(servers.describe('https://notes.example.com')).toBe('notes (https://notes.example.com)');
  expect(servers.describe('urn:mail')).toBe('urn:mail');
  // It was registered when the login was approved.
  expect(servers.describe('https://gone.example.com')).toBe('https://gone.example.com');
});

test.each([
  [{ id: 'x' }],
  [{ id: 'x', secret: 'a good secret', secret_sha256: '0'.repeat(64) }],
  [{ id: 'x', secret: 'short' }],
  [{ id: 'x', secret_sha256: 'no hash' }],
  [{ id: '', secret: 'a good secret' }],
  [{ id: 'x', secret: 'a good secret', resource: 'notes' }],
  [{ id: 'x', secret: 'a good secret', resource: 'https://notes.example.com#part' }],
])('a service is not registered as %j', (entry) => {
  expect(registeredResourceServers(z.string().min(8)).safeParse([entry]).success).toBe(false);
});
