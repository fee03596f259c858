import { spawn } from 'node:child_process';

/** Opens a link in the person's browser, if the system can; only http and https, and without a shell. It does not report whether it worked. */
export function openBrowser(link: string): void {
  const url = URL.canParse(link) ? new URL(link) : null;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return;
  const [program, ...args] = openers[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, url.href], { stdio: 'ignore', detached: true, shell: false });
  // There is no such program: the person can use the link on the screen.
  child.once('error', () => undefined);
  child.unref();
}

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};
