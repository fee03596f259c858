import { join } from 'node:path';

/** A program that logs in with a client that others wrote. It prints the user code, and in the end "done". */
export interface ClientProgram {
  /** As its makers call it. */
  readonly name: string;
  readonly source: string;
  readonly command: readonly [program: string, file: string];
  /** What it does by itself; the rest, its program does with plain requests. */
  readonly own: { readonly metadata: boolean; readonly login: boolean; readonly revocation: boolean };
  /** What there is to know. */
  readonly note: string;
}

const folder = join(import.meta.dirname, 'clients');
// Debian's Python, which has its packages.
const python = (file: string) => ['/usr/bin/python3', join(folder, file)] as const;
const node = (file: string) => [process.execPath, join(folder, file)] as const;
const bash = (file: string) => ['bash', join(folder, file)] as const;
const everything = { metadata: true, login: true, revocation: true };

/** All of them, in the order of the table in docs/clients.md. */
export const clientPrograms: readonly ClientProgram[] = [
  { name: 'openid-client', source: 'npm', command: node('openid-client.mjs'), own: everything, note: '' },
  { name: 'oauth4webapi', source: 'npm', command: node('oauth4webapi.mjs'), own: everything, note: '' },
  {
    name: 'oidc-agent',
    source: 'Debian',
    command: bash('oidc_agent.sh'),
    own: everything,
    note: 'asks for `offline_access`, which is left out',
  },
  {
    name: 'Authlib',
    source: 'Debian',
    command: python('authlib_client.py'),
    own: { metadata: false, login: true, revocation: true },
    note: 'the loop of polls is the caller’s',
  },
  {
    name: 'requests-oauthlib',
    source: 'Debian',
    command: python('requests_oauthlib_client.py'),
    own: { metadata: false, login: true, revocation: true },
    note: 'the loop of polls is the caller’s',
  },
  {
    name: 'the generic client of MSAL for Python',
    source: 'Debian',
    command: python('msal_client.py'),
    own: { metadata: false, login: true, revocation: false },
    note: '`msal.oauth2cli.Client`',
  },
  {
    name: 'AppAuth-JS',
    source: 'npm',
    command: node('appauth.mjs'),
    own: { metadata: true, login: false, revocation: true },
    note: '1.3.2; Node cannot load 1.4.0 without a bundler',
  },
  {
    name: '@badgateway/oauth2-client',
    source: 'npm',
    command: node('badgateway.mjs'),
    own: { metadata: true, login: false, revocation: true },
    note: 'its default path of the metadata is not that of RFC 8414',
  },
  {
    name: 'simple-oauth2',
    source: 'npm',
    command: node('simple-oauth2.mjs'),
    own: { metadata: false, login: false, revocation: true },
    note: 'with an empty secret',
  },
  {
    name: 'curl',
    source: 'Debian',
    command: bash('curl_client.sh'),
    own: { metadata: false, login: false, revocation: false },
    note: '',
  },
];

/** Clients that cannot log in here, and why. */
export const clientsThatCannot: readonly { readonly name: string; readonly why: string }[] = [
  {
    name: 'MSAL for Node 7.2.1, tried by hand',
    why: "insists on an authorization endpoint; and its device flow is Microsoft's own: it ignores `device_authorization_endpoint` and sends another grant type",
  },
  {
    name: 'AppAuth-JS 1.4.0, tried by hand',
    why: 'Node cannot load its modules without a bundler; 1.3.2 works',
  },
  {
    name: '`golang.org/x/oauth2` before v0.13.0',
    why: 'has no device flow; Debian 12 has 0.3.0',
  },
  {
    name: 'Spring Security with Nimbus, not run',
    why: "needs Java packages that are not among Debian's. What they ask of metadata is in [a decision](decisions/0018-the-openid-path-is-served.md)",
  },
];
