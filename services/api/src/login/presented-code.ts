import type { DeviceCode, PresentingClient } from '@ravi/device-login';

/** A device_code, from where it is presented and, in the OAuth API, by which client. */
export interface PresentedCode extends DeviceCode {
  readonly address: string;
  readonly client?: PresentingClient;
}
