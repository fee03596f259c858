import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AuditRecord } from '@ravi/audit';
import { Secret } from '@ravi/runtime';
import { Webhook } from 'standardwebhooks';
import { postEvent } from './webhook.ts';

interface Posted {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const posted: Posted[] = [];
let answer = 200;
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method, url, headers } = request;
    posted.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(answer, { location: '/elsewhere', connection: 'close' }).end('taken');
  });
});
let origin: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});
afterAll(() => new Promise((resolve) => receiver.close(resolve)));
beforeEach(() => {
  [answer, posted.length] = [200, 0];
});

const texts = [24, 64].map((bytes) => `whsec_${randomBytes(bytes).toString('base64')}`);
const secrets = texts.map((text) => new Secret(text));
const data: AuditRecord = {
  id: 'n8-3',
  at: '2026-05-03T02:01:00.000Z',
  event: 'signed_in',
  user: 17,
  address: '192.0.2.7',
  provider: 'Größe',
};
const post = () => postEvent({ url: `${origin}/hook?for=us`, secrets }, { id: data.id, data });

test('an event is posted by its name, its time and its fields, under an id of its own, and signed with each secret', async () => {
  await post();
  const [{ method, url, headers, body }] = posted as [Posted];
  expect([method, url, headers['content-type']]).toEqual(['POST', '/hook?for=us', 'application/json']);
  expect(JSON.parse(body)).toEqual({
    type: 'signed_in',
    timestamp: '2026-05-03T02:01:00.000Z',
    data: { user: 17, address: '192.0.2.7', provider: 'Größe' },
  });
  // By it a firewall may tell it apart.
  expect(headers['user-agent']).toBe('ravi-device-auth');
  expect(headers['webhook-id']).toBe('evt_n8-3');
  expect(headers['webhook-timestamp']).toMatch(/^\d{10}$/);
  const signatures = String(headers['webhook-signature']).split(' ');
  expect(signatures).toHaveLength(2);
  for (const [at, signature] of signatures.entries()) {
    const signed = {
      'webhook-id': String(headers['webhook-id']),
      'webhook-timestamp': String(headers['webhook-timestamp']),
      'webhook-signature': signature,
    };
    expect(new Webhook(texts[at] ?? '').verify(body, signed)).toBeDefined();
    expect(() => new Webhook(texts[1 - at] ?? '').verify(body, signed)).toThrow('No matching signature');
  }
});

test.each([200, 202, 204, 299])('%i is taken for a delivery', async (status) => {
  answer = status;
  await expect(post()).resolves.toBeUndefined();
});

test.each([300, 301, 307, 400, 404, 410, 429, 500, 503])(
  '%i is none, and nothing is posted elsewhere',
  async (status) => {
    answer = status;
    await expect(post()).rejects.toThrow(`The receiver answered ${status}.`);
    expect(posted.map(({ url }) => url)).toEqual(['/hook?for=us']);
  },
);

test('a receiver has ten seconds to answer, and an attempt that took longer has failed', async () => {
  const found = AbortSignal.timeout.bind(AbortSignal);
  const asked: number[] = [];
  AbortSignal.timeout = (ms) => {
    asked.push(ms);
    return AbortSignal.abort(new Error('its time is over'));
  };
  try {
    await expect(post()).rejects.toThrow('its time is over');
  } finally {
    AbortSignal.timeout = found;
  }
  expect(asked).toEqual([10_000]);
});
