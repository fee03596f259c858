import { readServerAddress, requireEncryption, UnencryptedAddress } from './server-address.ts';

test.each([
  ['https://login.example.com', 'https://login.example.com'],
  ['https://login.example.com/', 'https://login.example.com'],
  ['https://Login.example.com:443/tenant//', 'https://login.example.com/tenant'],
  ['http://localhost:3000/', 'http://localhost:3000'],
])('%s is %s', (text, address) => {
  expect(readServerAddress(text)).toBe(address);
});

test.each([
  'https://me@login.example.com',
  'https://:secret@login.example.com',
  'https://me:secret@login.example.com',
  'https://login.example.com/?tenant=1',
  'https://login.example.com/?',
  'https://login.example.com/#top',
  'https://login.example.com/#',
])('%s is more than an address', (text) => {
  expect(() => readServerAddress(text)).toThrow(
    new TypeError('server must be an address alone, without user name, query or fragment.'),
  );
});

test.each(['', 'login.example.com', 'ftp://login.example.com', 'localhost:3000'])('%s is none', (text) => {
  expect(() => readServerAddress(text)).toThrow(
    new TypeError('server must be an address such as https://login.example.com.'),
  );
});

const elsewhere = [
  'http://login.example.com:8080',
  'http://localhost.example.com',
  'http://127.0.0.1.example.com',
  'http://128.0.0.1',
  'http://[::2]',
];
const here = ['http://localhost', 'http://app.localhost', 'http://127.9.9.9:3000', 'http://[::1]:3000'];

test.each(elsewhere)('%s is refused, since secrets would travel there in the clear', (address) => {
  expect(() => readServerAddress(address)).toThrow(UnencryptedAddress);
  expect(() => requireEncryption(new URL(address), false)).toThrow(
    `${address} is not encrypted, so tokens would travel in the clear: use https, or say allowHttp: true.`,
  );
  expect(readServerAddress(address, true)).toBe(address);
});

test.each([...here, 'https://login.example.com'])('%s is fine', (address) => {
  expect(readServerAddress(address)).toBe(address);
  expect(() => requireEncryption(new URL(address), false)).not.toThrow();
});

test('a refusal can name another remedy', () => {
  expect(new UnencryptedAddress('http://a.example', 'say --allow-http')).toMatchObject({
    origin: 'http://a.example',
    message: expect.stringMatching(/, or say --allow-http\.$/),
  });
});
