import type { DeviceCode, PresentingClient } from '@ravi/device-login';

/** A device_code with the address that presents it and, in the OAuth API, the client. */
export interface PresentedCode extends DeviceCode {
  readonly address: string;
  /** When the request came that presents it. */
  readonly askedAtMs: number;
  readonly client?: PresentingClient;
}
