import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether there is an `openssl` to make certificates with. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority of the test's own, and files of the certificates that it signs. */
export class TestAuthority {
  readonly #directory = mkdtempSync(join(tmpdir(), 'ravi-authority-'));

  constructor() {
    const files = ['-keyout', 'ca.key', '-out', 'ca.pem'];
    this.#openssl(['req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=test', ...files]);
  }

  get caFile(): string {
    return join(this.#directory, 'ca.pem');
  }

  /** A certificate for these names, such as `DNS:localhost` or `IP:127.0.0.1`, and its key. */
  issue(name: string, subjects: string): { readonly cert: string; readonly key: string } {
    const [cert, key, extensions] = [`${name}.pem`, `${name}.key`, `${name}.ext`];
    writeFileSync(join(this.#directory, extensions), `subjectAltName=${subjects}\n`);
    this.#openssl(['req', ...newKey, '-subj', `/CN=${name}`, '-keyout', key, '-out', `${name}.csr`]);
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
    this.#openssl(['x509', '-req', '-in', `${name}.csr`, ...signing, '-extfile', extensions, '-out', cert]);
    return { cert: join(this.#directory, cert), key: join(this.#directory, key) };
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #openssl(args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.#directory, stdio: 'ignore' });
  }
}
