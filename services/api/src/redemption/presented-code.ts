import type { DeviceCode, PresentingClient } from '@ravi/device-login';

/** A device_code and, in the standard face, the client that presents it. */
export interface PresentedCode extends DeviceCode {
  readonly client?: PresentingClient;
}
