import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's. The shell has no window, and needs less than half of the processor time, but it keeps no pages. */
const shell = '/usr/bin/chromium-headless-shell';
const whole = '/usr/bin/chromium';

/**
 * Starts Chromium: Debian's, or what `CHROMIUM_BIN` names. With `keepsPages`, the back button brings a page back as it was, as it does for
 * people; Playwright turns that off.
 */
export function launchChromium({ keepsPages = false } = {}): Promise<Browser> {
  return chromium.launch({
    ignoreDefaultArgs: keepsPages ? ['--disable-back-forward-cache'] : [],
    timeout: 180_000,
    executablePath: process.env['CHROMIUM_BIN'] ?? (existsSync(shell) && !keepsPages ? shell : whole),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
