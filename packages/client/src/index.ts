// Lives here: logging in without a browser and keeping a login fresh, for other people's programs; it imports none of our packages.
// Lives elsewhere: checking what such a program presents (@ravi/verify).
export { deviceLogin, type LoginResult, tryDeviceLogin } from './device-login.ts';
export { openSession, type OpenSessionOptions } from './open-session.ts';
export { LoginError, type LoginErrorCode } from './login-error.ts';
export type { DeviceLoginOptions, LoginCode, LoginProgress } from './login-options.ts';
export type { Account, Credentials, DpopJwk, Identity } from './credentials.ts';
export type { Endpoints } from './protocol/metadata.ts';
export { UnencryptedAddress } from './server-address.ts';
export type { LogoutResult, Session } from './session.ts';
export type { CredentialStore } from './stores/credential-store.ts';
export { fileStore, type FileStoreOptions } from './stores/file-store.ts';
export {
  keychainStore,
  type Keyring,
  type KeyringEntry,
  type KeychainStoreOptions,
} from './stores/keychain-store.ts';
export { memoryStore } from './stores/memory-store.ts';
