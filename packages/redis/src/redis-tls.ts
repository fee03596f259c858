import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { Secret } from '@ravi/runtime';

/** The certificates of TLS connections: PEM texts. Without them, those that Node knows. */
export interface RedisTls {
  /** The authorities whose signature counts. */
  readonly ca?: string;
  /** What this process shows, and its key. */
  readonly client?: { readonly cert: string; readonly key: Secret };
}

/** The settings that name the files. */
export interface RedisTlsVariables {
  readonly REDIS_CA_FILE?: string | undefined;
  readonly REDIS_CERT_FILE?: string | undefined;
  readonly REDIS_KEY_FILE?: string | undefined;
}

/** Reads the files once. Throws a TypeError that names the wrong variable, and never shows what a file holds. */
export function readRedisTls(variables: RedisTlsVariables): RedisTls {
  const { REDIS_CA_FILE: caFile, REDIS_CERT_FILE: certFile, REDIS_KEY_FILE: keyFile } = variables;
  const ca = caFile === undefined ? null : readCertificates('REDIS_CA_FILE', caFile);
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new TypeError('REDIS_CERT_FILE, REDIS_KEY_FILE: set both, or neither');
  }
  return {
    ...(ca === null ? {} : { ca }),
    ...(certFile === undefined || keyFile === undefined ? {} : { client: readClient(certFile, keyFile) }),
  };
}

function readClient(certFile: string, keyFile: string): { readonly cert: string; readonly key: Secret } {
  const cert = readCertificates('REDIS_CERT_FILE', certFile);
  const key = readText('REDIS_KEY_FILE', keyFile);
  try {
    createSecureContext({ cert, key });
  } catch {
    throw new TypeError(
      'REDIS_KEY_FILE: must hold the unencrypted PEM key of the certificate in REDIS_CERT_FILE',
    );
  }
  return { cert, key: new Secret(key) };
}

function readCertificates(variable: string, file: string): string {
  const text = readText(variable, file);
  if (!isCertificate(text)) throw new TypeError(`${variable}: ${file} is no certificate in PEM`);
  return text;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function readText(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new TypeError(`${variable}: ${file} cannot be read`);
  }
}
