import { type IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { createVerifier } from '@ravi/verify';
import { readDpopProof } from '@ravi/verify/dpop';
import Koa from 'koa';
import { plainForm, plainJson } from '../../services/api/src/http/plain-body.ts';
import { addressOf } from '../../services/api/src/http/client-address.ts';
import { readAuthorization } from '../../services/api/src/http/authorization.ts';
import { setQueryReader } from '../../services/api/src/http/query-reader.ts';
import type { Reply } from '../../services/api/src/http/reply.ts';
import { approverOf } from '../../services/api/src/login/approver.ts';
import { HostCookies } from '../../services/api/src/http/host-cookies.ts';
import { preferredWaitSeconds } from '../../services/api/src/login/collect.ts';
import { browserName } from '../../services/api/src/people/pages/browser-name.ts';
import { basicCredentials } from '../../services/api/src/tokens/basic-credentials.ts';
import { atBest } from '../support/at-best.ts';

const reply = { addHeader: () => undefined } as unknown as Reply;
const account = {
  id: 1,
  email: 'a@example.com',
  firstName: '',
  lastName: '',
  epoch: '1',
  sessionsEpoch: '1',
  emailVerified: false,
  blocked: false,
  hasSecondFactor: false,
  language: '',
};
const request = { method: 'POST', url: 'https://login.example/oauth/token' };
const verifier = createVerifier({ issuer: 'https://login.example', audience: 'ravi-api' });
const headers = (fields: IncomingHttpHeaders) => ({ headers: fields });

/** All places where code of ours reads a header that a stranger writes. */
const readers: Readonly<Record<string, (value: string) => unknown>> = {
  'X-Forwarded-For': (value) =>
    addressOf(
      {
        ...headers({ 'x-forwarded-for': value }),
        socket: { remoteAddress: '::1' },
      } as unknown as IncomingMessage,
      10,
    ),
  Authorization: readAuthorization,
  'Authorization: Basic': basicCredentials,
  'Authorization, at a resource server': (value) => verifier.verify(value),
  DPoP: (value) => readDpopProof(value, request, 0),
  Prefer: (value) => preferredWaitSeconds({ ...headers({ prefer: value }), reply }, 120),
  Cookie: (value) => new HostCookies('https://login.example').get(headers({ cookie: value }), 'ravi_session'),
  'Content-Type': (value) => plainJson.fits({ 'content-length': '2', 'content-type': value }),
  'Content-Type, of a form': (value) => plainForm.fits({ 'content-length': '2', 'content-type': value }),
  'Accept-Language': (value) =>
    approverOf({ ...headers({ 'accept-language': value }), address: '::1', requestId: '' }, account),
  'User-Agent': browserName,
};

/** A quarter of a megabyte, 16 times the largest head. A pattern may begin to match at every place in it, and never matches. */
const hostile = [
  ' ',
  '\t',
  ',',
  ', ',
  ' ,',
  ';',
  '; ',
  '=',
  '[',
  '%',
  ':',
  '.',
  '1',
  '1.',
  '-',
  'a',
  'a-',
  'wait=',
  ';q=',
].flatMap((unit) => {
  const run = unit.repeat(Math.ceil(250_000 / unit.length));
  return [run, `${run}\u0001`, `Bearer ${run}\u0001`, `Basic ${run}\u0001`, `x${run}x`];
});

const headerNames = Object.keys(readers);
const maxMs = 2_000;

/** @shows flooding */
test.each(headerNames)('reading %s takes time in proportion to its length', async (name) => {
  const read = readers[name] ?? (() => undefined);
  for (const value of hostile) {
    const measure = async () => {
      const beganMs = performance.now();
      await read(value);
      return performance.now() - beganMs;
    };
    // With time that grows by the square, one such value takes half a minute.
    expect(await atBest(maxMs, measure)).toBeLessThan(maxMs);
  }
});

/** A text of fields, read as a form and as the query of an address. */
const fieldReaders: Readonly<Record<string, (text: string) => unknown>> = {
  form: (text) => plainForm.parse(Buffer.from(text)),
  query: (text) => {
    const app = new Koa();
    setQueryReader(app);
    const message = new IncomingMessage(new Socket());
    message.url = `/?${text}`;
    return app.createContext(message, new ServerResponse(message)).query;
  },
};

const fieldTexts = ['a&', 'a=&', 'a=b&', '&', '=', '%', '+'].flatMap((unit) =>
  Object.keys(fieldReaders).map((kind) => [kind, unit] as const),
);

/** @shows flooding */
test.each(fieldTexts)(
  'reading a %s of nothing but "%s" takes time in proportion to its length',
  async (kind, unit) => {
    const text = unit.repeat(Math.ceil(250_000 / unit.length));
    const measure = async () => {
      const beganMs = performance.now();
      fieldReaders[kind]?.(text);
      return performance.now() - beganMs;
    };
    // With time that grows by the square, a field that comes so often takes minutes.
    expect(await atBest(maxMs, measure)).toBeLessThan(maxMs);
  },
);
