import type { DeviceCodeResponse } from '@ravi/contract';
import { eventually } from './eventually.ts';
import { send } from './http.ts';
import type { Person } from './person.ts';
import { isLostConnection } from './program.ts';

/** Starts a login; while another Redis takes over, a start may be told to come again. */
export function startPatiently(apiUrl: string): Promise<DeviceCodeResponse> {
  return eventually('a login starts', async () => {
    const { status, body } = await send<DeviceCodeResponse>(`${apiUrl}/api/auth/device/`);
    if (status !== 200 && status !== 503) throw new Error(`The start was answered ${status}.`);
    return status === 200 ? body : null;
  });
}

/** A person who approves until it is accepted, as a human who is told to try again, or whose browser lost the connection. */
export function patientPerson(person: Person, apiUrl: string): (userCode: string) => Promise<void> {
  return async (userCode) => {
    await eventually('the approval is accepted', async () => {
      const { status } = await person.approve(apiUrl, userCode).catch((error: unknown) => {
        if (isLostConnection(error)) return { status: 503 };
        throw error;
      });
      if (status !== 200 && status !== 503) throw new Error(`The approval was answered ${status}.`);
      return status === 200;
    });
  };
}
