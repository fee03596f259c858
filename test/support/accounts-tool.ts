import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from './logged-in.ts';

const program = join(import.meta.dirname, '../../tools/accounts/main.ts');

/** What a run of `npm run accounts` printed, and how it ended. */
export interface AccountsRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The documents of `--json`. */
  readonly documents: readonly Readonly<Record<string, unknown>>[];
}

/** Runs the tool as a script does: without a terminal. `input` is what it reads. */
export async function runAccounts(
  redisUrl: string,
  args: readonly string[],
  { input = '', env = {} }: { input?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<AccountsRun> {
  const child = spawn(process.execPath, ['--conditions=ravi-source', program, ...args], {
    // Apart from a .env of the project.
    cwd: tmpdir(),
    env: {
      PATH: process.env['PATH'],
      REDIS_URL: redisUrl,
      PUBLIC_URL: 'http://login.localhost:3000',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(input);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const isJson = args.includes('--json') && code === 0;
  const lines = isJson ? stdout.split('\n').filter((line) => line !== '') : [];
  const documents = lines.map((line): Readonly<Record<string, unknown>> => JSON.parse(line));
  return { code, stdout, stderr, documents };
}

/** With which status each api answers a credential. */
export function statusesOf(urls: readonly string[], credential: string): Promise<readonly number[]> {
  return Promise.all(
    urls.map(async (url) => (await call('GET', `${url}/api/auth/user/`, credential)).status),
  );
}
