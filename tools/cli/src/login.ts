import { type LoginCode, type LoginProgress, type Session, tryDeviceLogin } from '@ravi/client';
import { type Context, environmentCredential } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { fileFor, writeLastLogin } from './kept-logins.ts';
import { colouredQr, duration, sentence } from './words.ts';

/** `ravi-login login`: shows a code, waits for the approval, keeps the login. Resolves to the exit code. */
export async function login(context: Context): Promise<number> {
  const { arguments: args, output, place, store, signal } = context;
  const given = environmentCredential(context);
  if (given !== null) {
    output.failure('refused', `${given.name} is set and would be used instead of a login: unset it first.`);
    return exitCodes.failed;
  }
  const result = await tryDeviceLogin({
    server: place.server,
    clientName: args.name ?? 'ravi-login',
    store,
    signal,
    allowHttp: args.allowHttp,
    onCode: (code) => showCode(code, context),
    onProgress: (progress) => showProgress(progress, context),
  });
  switch (result.kind) {
    case 'loggedIn':
      writeLastLogin(context.config.folder, place);
      showSuccess(result.session, context);
      return exitCodes.ok;
    case 'denied':
      output.failure('access_denied', 'The login was denied.');
      return exitCodes.failed;
    case 'expired':
      output.failure(
        'expired_token',
        `The code has expired before anybody approved it. Start again: ${context.config.calledAs} login`,
      );
      return exitCodes.failed;
    case 'aborted': {
      const left = result.codeExpiresAtMs === null ? 0 : result.codeExpiresAtMs - context.nowMs();
      output.failure(
        'aborted',
        left > 0
          ? `Stopped. Nothing was kept here. The code is valid for another ${duration(left)}, but approving it has no effect any more: start again with a new one.`
          : 'Stopped. Nothing was kept here.',
      );
      return exitCodes.failed;
    }
    case 'failed':
      output.failure(result.code, result.message);
      return exitCodes.failed;
  }
}

function showCode(code: LoginCode, { arguments: args, config, output, nowMs, openBrowser }: Context): void {
  const link = code.verificationUriComplete ?? code.verificationUri;
  const opens = args.browser && config.isInteractive && !args.json;
  output.event(
    {
      event: 'code',
      user_code: code.userCode,
      verification_uri: code.verificationUri,
      verification_uri_complete: code.verificationUriComplete,
      verification: code.verificationNumber,
      expires_at: new Date(code.expiresAtMs).toISOString(),
    },
    [
      `Open    ${code.verificationUri}`,
      `Code    ${code.userCode}`,
      ...(code.verificationNumber === null ? [] : [`Number  ${code.verificationNumber}`]),
      '',
      ...(args.qr && code.qr !== null ? [...colouredQr(code.qr, config.hasColours), ''] : []),
      ...(code.verificationUriComplete === null ? [] : [`Or open ${code.verificationUriComplete}`]),
      `The code is good for ${duration(code.expiresAtMs - nowMs())}. Waiting for the approval; Ctrl-C stops waiting.`,
    ],
  );
  output.event({ event: 'waiting' }, []);
  if (opens) openBrowser(link);
}

function showProgress(progress: LoginProgress, { output }: Context): void {
  switch (progress.kind) {
    case 'away':
      return output.event(
        { event: 'away', reason: progress.reason, retry_in_seconds: Math.ceil(progress.retryInMs / 1_000) },
        [`${sentence(progress.reason)} Trying again in ${duration(progress.retryInMs)}.`],
      );
    case 'back':
      return output.event({ event: 'back' }, ['The service answers again. Waiting for the approval.']);
  }
}

function showSuccess(session: Session, { config, output, place }: Context): void {
  const who = session.account?.email ?? null;
  const kept = place.store === 'file' ? fileFor(config.folder, place.server) : 'the keychain';
  output.result({ event: 'done', server: place.server, account: who, store: place.store }, [
    `Logged in${who === null ? '' : ` as ${who}`}. Kept in ${kept}.`,
  ]);
}
