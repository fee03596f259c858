/**
 * Plays a program without a browser that logs in: asks for a code, shows it, waits for the human, tells what it got.
 *
 *     npm run demo
 *     npm run demo -- --name 'My agent'
 *     npm run demo -- --approve me@example.com 'a long password'     plays the human as well
 *
 * DEVICE_AUTH_URL says where the service is, by default http://localhost:3000. Ends with 1 when not logged in.
 */
import { parseArgs } from 'node:util';
import { startLogin, waitForApproval, type ApprovedLogin } from './demo/program.ts';
import { approve, signIn } from './demo/human.ts';
import { qrCode } from './demo/qr-code.ts';
import { box, duration, masked } from './demo/text.ts';

const serviceUrl = (process.env['DEVICE_AUTH_URL'] ?? 'http://localhost:3000').replace(/\/+$/, '');

const help = `Plays a program without a browser that logs in: asks for a code, shows it, waits for you, tells what it got.

  npm run demo
  npm run demo -- --name 'My agent'                            what it calls itself, at most 64 characters
  npm run demo -- --approve me@example.com 'a long password'   plays you as well

Talks to ${serviceUrl}; DEVICE_AUTH_URL names another. Start one with: npm start`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      name: { type: 'string', default: 'Ravi demo' },
      approve: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
    allowPositionals: true,
  });
  if (values.help) return console.log(help);
  const login = await startLogin(serviceUrl, values.name);
  const validity = duration(login.expires_in);
  console.log(
    box([
      `Open    ${login.verification_uri}`,
      `Code    ${login.user_code}`,
      ...(login.verification === undefined ? [] : [`Number  ${login.verification}`]),
      '',
      `valid for ${validity}`,
    ]),
  );
  console.log(`\n${qrCode(login.verification_uri_complete, process.stdout.isTTY)}\n`);
  console.log(`Or open ${login.verification_uri_complete}\nWaiting for the approval ...`);

  const approved = waitForApproval(serviceUrl, login);
  if (values.approve) {
    const [email, password] = positionals;
    if (!email || !password) throw new Error('Say who approves: npm run demo -- --approve EMAIL PASSWORD');
    const session = await signIn(serviceUrl, email, password);
    await approve(serviceUrl, session, login.user_code, login.verification);
  }
  console.log(summary(await approved));
}

/** What the program holds now. Keys are masked: a demonstration is often on a shared screen. */
function summary({ credentials, approvalToAnswerMs }: ApprovedLogin): string {
  const { access, refresh, management_key, user } = credentials;
  return [
    '',
    `Logged in as ${user.email} (user ${user.id}).`,
    `  access          ${masked(access)}  ${lifetime(access)}`,
    `  refresh         ${masked(refresh)}  ${lifetime(refresh)}`,
    `  management_key  ${masked(management_key)}`,
    ...('identity_key' in credentials
      ? [`  identity_key    ${masked(credentials.identity_key)}  ${credentials.identity.email}`]
      : [`  identities      ${credentials.identities.map(({ email }) => email).join(', ') || 'none'}`]),
    ...(approvalToAnswerMs === null ? [] : [`From the approval to the answer: ${approvalToAnswerMs} ms.`]),
  ].join('\n');
}

/** How long a JWT is valid, in words; empty for a token that does not say. */
function lifetime(token: string): string {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  const { iat, exp } = (payload.startsWith('{') ? JSON.parse(payload) : {}) as { iat?: number; exp?: number };
  return iat !== undefined && exp !== undefined ? `valid for ${duration(exp - iat)}` : '';
}

try {
  await main();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  // Not process.exitCode: a wait that is still open would keep the process.
  process.exit(1);
}
