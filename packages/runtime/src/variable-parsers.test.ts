import { Secret } from './secret.ts';
import {
  choiceVariable,
  integerVariable,
  ipAddressVariable,
  listVariable,
  originVariable,
  secretTextVariable,
  secretVariable,
  smtpUrlVariable,
  switchVariable,
} from './variable-parsers.ts';

const parsers = {
  integer: integerVariable(1, 600),
  choice: choiceVariable(['red', 'green', 'blue']),
  switch: switchVariable,
  address: ipAddressVariable,
  list: listVariable,
  origin: originVariable,
  secret: secretVariable,
  secretText: secretTextVariable,
  smtp: smtpUrlVariable,
};
type Kind = keyof typeof parsers;

const good = '0123456789abcdef0123456789abcdef';

test.each<readonly [Kind, string, unknown]>([
  ['integer', '1', 1],
  ['integer', '600', 600],
  ['integer', '007', 7],
  ['choice', 'blue', 'blue'],
  ['switch', 'on', true],
  ['switch', 'off', false],
  ['address', '127.0.0.1', '127.0.0.1'],
  ['address', '::1', '::1'],
  ['list', 'a', ['a']],
  ['list', ' a, b ,,c,', ['a', 'b', 'c']],
  ['origin', 'https://login.example.com', 'https://login.example.com'],
  ['origin', 'http://localhost:8080/', 'http://localhost:8080'],
  ['origin', 'HTTPS://Login.Example.com:443', 'https://login.example.com'],
])('%s: %j is taken', (kind, text, value) => {
  expect(parsers[kind].parse(text)).toEqual(value);
});

test.each<readonly [Kind, string]>([
  ['secret', good],
  ['secret', 'ü0123456789abcdef0123456789abcd'],
  ['secret', '0123456789'.repeat(4)],
  ['secretText', 'x'],
  ['smtp', 'smtp://mail.example.com'],
  ['smtp', 'smtps://user:password@mail.example.com:465'],
])('%s: %j is taken, as a secret', (kind, text) => {
  const value = parsers[kind].parse(text);
  expect(value).toBeInstanceOf(Secret);
  expect((value as Secret).reveal()).toBe(text);
});

const notWhole = 'must be a whole number from 1 to 600';
const notAnOrigin = 'must be an origin such as https://login.example.com';
const tooShort = 'must be at least 32 bytes; make one with: openssl rand -base64 48';
const placeholder = 'looks like a placeholder; make a real one with: openssl rand -base64 48';
const notSmtp = 'must be a URL such as smtps://user:password@mail.example.com';

test.each<readonly [Kind, string, string]>([
  ['integer', '0', notWhole],
  ['integer', '601', notWhole],
  ['integer', '-1', notWhole],
  ['integer', '1.5', notWhole],
  ['integer', '1e2', notWhole],
  ['integer', ' 1', notWhole],
  ['integer', '9'.repeat(16), notWhole],
  ['choice', 'Red', 'must be "red", "green" or "blue"'],
  ['switch', 'yes', 'must be "on" or "off"'],
  ['address', 'localhost', 'must be an IP address such as 127.0.0.1 or ::1'],
  ['address', '127.0.0.1:80', 'must be an IP address such as 127.0.0.1 or ::1'],
  ['list', ' , ', 'must have at least one entry, or be empty'],
  ['origin', 'login.example.com', notAnOrigin],
  ['origin', 'ftp://login.example.com', notAnOrigin],
  ['origin', 'https://login.example.com/path', notAnOrigin],
  ['origin', 'https://login.example.com/?a=b', notAnOrigin],
  ['origin', 'https://login.example.com?', notAnOrigin],
  ['origin', 'https://login.example.com/#a', notAnOrigin],
  ['origin', 'https://user@login.example.com', notAnOrigin],
  ['origin', 'https://:password@login.example.com', notAnOrigin],
  ['secret', 'short', tooShort],
  ['secret', good.slice(1), tooShort],
  ['secret', '012345678'.repeat(4), placeholder],
  ['secret', `${good}-change-me`, placeholder],
  ['secret', `${good}-CHANGEME`, placeholder],
  ['secret', `an-example-${good}`, placeholder],
  ['secret', `placeholder-${good}`, placeholder],
  ['smtp', 'https://mail.example.com', notSmtp],
  ['smtp', 'smtp://[', notSmtp],
  ['smtp', 'smtp://', notSmtp],
  ['smtp', 'smtp:///mail.example.com', notSmtp],
  ['smtp', 'mail.example.com', notSmtp],
])('%s: %j is refused with one sentence', (kind, text, sentence) => {
  const { success, error } = parsers[kind].safeParse(text);
  expect(success).toBe(false);
  expect(error?.issues.map(({ message }) => message)).toEqual([sentence]);
});

test('what a parser takes is told to operators', () => {
  const told = [parsers.integer, parsers.choice, parsers.switch].map(({ description }) => description);
  expect(told).toEqual(['1 to 600', 'red, green, blue', 'on, off']);
});
