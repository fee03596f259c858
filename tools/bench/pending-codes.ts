import type { Answer } from '../load/client/answer.ts';
import { DeviceCalls } from '../load/client/device-calls.ts';
import { parseTarget } from '../load/client/target.ts';
import { requestsPerSecond } from './throughput.ts';

/** Starts logins, a second at a time, until there are at least this many. Returns their device_codes. */
export async function pendingCodes(
  url: string,
  count: number,
  request = new DeviceCalls(parseTarget(url)).start(),
): Promise<readonly string[]> {
  const codes: string[] = [];
  const collect = ({ status, body }: Answer) => {
    if (status === 200) codes.push((JSON.parse(body) as { device_code: string }).device_code);
    return status === 200;
  };
  const oneBatch = Math.min(1, count / 10_000);
  while (codes.length < count) await requestsPerSecond(url, oneBatch, () => request, collect);
  return codes;
}
