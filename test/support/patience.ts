import type { DeviceCodeResponse } from '@ravi/contract';
import { eventually } from './eventually.ts';
import { send } from './http.ts';
import type { Person } from './person.ts';

/** Starts a login; while another Redis takes over, a start may be told to come again. */
export function startPatiently(apiUrl: string): Promise<DeviceCodeResponse> {
  return eventually('a login starts', async () => {
    const { status, body } = await send<DeviceCodeResponse>(`${apiUrl}/api/auth/device/`);
    if (status !== 200 && status !== 503) throw new Error(`The start was answered ${status}.`);
    return status === 200 ? body : null;
  });
}

/** A person who approves until it is accepted, as a human who is told to try again. */
export function patientPerson(person: Person, apiUrl: string): (userCode: string) => Promise<void> {
  return async (userCode) => {
    await eventually('the approval is accepted', async () => {
      const { status } = await person.approve(apiUrl, userCode);
      if (status !== 200 && status !== 503) throw new Error(`The approval was answered ${status}.`);
      return status === 200;
    });
  };
}
