import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';

/** The settings that name the files of certificates. */
export interface RedisTlsVariables {
  readonly REDIS_CA_FILE?: string | undefined;
  readonly REDIS_CERT_FILE?: string | undefined;
  readonly REDIS_KEY_FILE?: string | undefined;
}

/** PEM texts. */
interface Certificates {
  /** The authorities whose signature counts; without them, those that Node knows. */
  readonly ca?: string | undefined;
  /** What this process shows, and its key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** The certificates of TLS connections. Each connection that opens gets those that are in the files then. */
export class RedisTls {
  readonly #variables: RedisTlsVariables;
  #certificates: Certificates;
  #secureContext: SecureContext | null = null;

  /** Throws a TypeError that names the wrong variable, and never shows what a file holds. */
  constructor(variables: RedisTlsVariables) {
    this.#variables = variables;
    this.#certificates = readCertificates(variables);
  }

  /** For the connection that opens now. While the files are not usable, as amid a renewal, it is made of what they held before. */
  get secureContext(): SecureContext {
    try {
      const { ca, cert } = this.#certificates;
      const now = readCertificates(this.#variables);
      // Another key comes with another certificate.
      if (ca !== now.ca || cert !== now.cert) {
        this.#secureContext = createSecureContext(now);
        this.#certificates = now;
      }
    } catch {
      // Should Redis refuse what they held before, the log has its reason.
    }
    return (this.#secureContext ??= createSecureContext(this.#certificates));
  }
}

function readCertificates(variables: RedisTlsVariables): Certificates {
  const { REDIS_CA_FILE: caFile, REDIS_CERT_FILE: certFile, REDIS_KEY_FILE: keyFile } = variables;
  const ca = caFile === undefined ? undefined : readCertificate('REDIS_CA_FILE', caFile);
  if (certFile === undefined && keyFile === undefined) return { ca };
  if (certFile === undefined || keyFile === undefined)
    throw new TypeError('REDIS_CERT_FILE, REDIS_KEY_FILE: set both, or neither');
  const cert = readCertificate('REDIS_CERT_FILE', certFile);
  const key = readText('REDIS_KEY_FILE', keyFile);
  try {
    createSecureContext({ cert, key });
  } catch {
    throw new TypeError(
      'REDIS_KEY_FILE: must hold the unencrypted PEM key of the certificate in REDIS_CERT_FILE',
    );
  }
  return { ca, cert, key };
}

function readCertificate(variable: string, file: string): string {
  const text = readText(variable, file);
  if (!isCertificate(text)) throw new TypeError(`${variable}: ${file} is no certificate in PEM`);
  return text;
}

function isCertificate(pem: string): boolean {
  try {
    return Boolean(new X509Certificate(pem));
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
