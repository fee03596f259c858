import { createHmac } from 'node:crypto';
import type { AuditRecord } from '@ravi/audit';
import type { Secret } from '@ravi/runtime';
import type { Delivery } from './delivery-queue.ts';

/** How long a receiver may take to answer. */
const timeoutMs = 10_000;

/** The receiver of events, and the secrets that sign them: more than one while they are being changed. */
export interface WebhookTarget {
  readonly url: string;
  readonly secrets: readonly Secret[];
}

/**
 * Posts one event, signed. Rejects unless the receiver answers 2xx in time: redirects are not followed. The `webhook-id` is the
 * same at every attempt. (Standard Webhooks 1.0)
 */
export async function postEvent(
  { url, secrets }: WebhookTarget,
  { id, data }: Delivery<AuditRecord>,
): Promise<void> {
  const { id: _id, at, event, ...facts } = data;
  const body = JSON.stringify({ type: event, timestamp: at, data: facts });
  const webhookId = `evt_${id}`;
  const timestamp = Math.floor(Date.now() / 1000);
  const signatures = secrets.map((secret) => sign(secret, `${webhookId}.${timestamp}.${body}`));
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'ravi-device-auth',
      'webhook-id': webhookId,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signatures.join(' '),
    },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`The receiver answered ${response.status}.`);
}

function sign(secret: Secret, content: string): string {
  const key = Buffer.from(secret.reveal().slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}
