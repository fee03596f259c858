import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { AuditEvent } from '@ravi/audit';
import { Secret, deriveServiceKeys, systemClock } from '@ravi/runtime';
import Koa from 'koa';
import { HostCookies } from '../http/host-cookies.ts';
import { askSecondStep } from './ask-second-step.ts';
import { KnownBrowsers } from './known-browsers.ts';

const account = {
  id: 7,
  email: 'ada@example.com',
  firstName: '',
  lastName: '',
  epoch: '1',
  sessionsEpoch: '1',
  emailVerified: true,
  blocked: false,
  hasSecondFactor: true,
  language: '',
};

test('a right password without the second step is noted each time, and mailed of a browser that is not known; not mailed where a provider took the first', () => {
  const cookies = new HostCookies('https://login.example.com');
  const keys = deriveServiceKeys(new Secret('a secret of a test that is long enough'));
  const browsers = new KnownBrowsers({ cookies, keys, clock: systemClock });
  const told: string[] = [];
  const deps = {
    browsers,
    audit: {
      note: (event: AuditEvent) => {
        const { address, provider } = event as Extract<AuditEvent, { event: 'second_step_asked' }>;
        told.push(`${event.event} from ${address}${provider === undefined ? '' : ` by ${provider}`}`);
      },
    },
    mails: { notify: (kind: string) => void told.push(kind) },
  };
  const request = new IncomingMessage(new Socket());
  const ctx = new Koa().createContext(request, new ServerResponse(request));
  ctx.request.ip = '192.0.2.9';
  const asked = 'second_step_asked from 192.0.2.9';
  askSecondStep(deps, ctx, account);
  expect(told).toEqual([asked, 'secondStepAsked']);
  browsers.remember(ctx, account);
  request.headers.cookie = String(ctx.response.headers['set-cookie']).split(';', 1)[0];
  askSecondStep(deps, ctx, account);
  expect(told).toEqual([asked, 'secondStepAsked', asked]);
  request.headers.cookie = '';
  askSecondStep(deps, ctx, account, 'corp');
  expect(told.slice(3)).toEqual([`${asked} by corp`]);
});
