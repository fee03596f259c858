import type { Endpoints } from './protocol/metadata.ts';
import type { CredentialStore } from './stores/credential-store.ts';

/** The code that the human must see. */
export interface LoginCode {
  /** The human types it on the page, or compares it with the one there. */
  readonly userCode: string;
  readonly verificationUri: string;
  /** The same with the code in it; null where the server has none. */
  readonly verificationUriComplete: string | null;
  /** Two digits that the human may have to pick; null where the service does not ask for them. */
  readonly verificationNumber: string | null;
  readonly expiresAtMs: number;
  /** The link as a QR code of half blocks, light on dark, lines with breaks between; null where it is too long for one. */
  readonly qr: string | null;
}

/** The state of the service while the program waits. */
export type LoginProgress =
  /** The service does not answer, or answers with an error; the client asks again by itself. */
  | { readonly kind: 'away'; readonly reason: string; readonly retryInMs: number }
  /** It answers again. */
  | { readonly kind: 'back' };

export interface DeviceLoginOptions {
  /** The address of the service, or of any authorization server: its issuer. `https://`, or this machine. */
  readonly server: string;
  /** The program's name on the approval page, at most 64 characters. For the JSON API, which is used unless there is a `clientId`. */
  readonly clientName?: string;
  /** Logs in by OAuth 2.0, at any server with the device flow, as this client. */
  readonly clientId?: string;
  /** The scope to ask for: words separated by spaces. OAuth 2.0 only. */
  readonly scope?: string;
  /** The service that the tokens are for, by its URI (RFC 8707); OAuth 2.0 alone. Without it they are for the server’s own API. */
  readonly resource?: string;
  /** Binds the tokens to a key of this program (RFC 9449); OAuth 2.0 alone. The key is kept with them. */
  readonly dpop?: boolean;
  /** The endpoints of an OAuth 2.0 server that has no metadata. */
  readonly endpoints?: Endpoints;
  /** Where the login is kept. Default: in memory, as long as the process lives. */
  readonly store?: CredentialStore;
  /** Shows the code to the human. Awaited before the first token request: do not wait for the human in it. If it throws, the login ends. */
  readonly onCode: (code: LoginCode) => void | Promise<void>;
  readonly onProgress?: (progress: LoginProgress) => void;
  /** Aborted: stops waiting. The code stays good until it expires. */
  readonly signal?: AbortSignal;
  /** Allows `http://` on other machines: codes and tokens travel in the clear. */
  readonly allowHttp?: boolean;
  /** For proxies and tests. */
  readonly fetch?: typeof fetch;
}
