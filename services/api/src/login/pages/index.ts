import type { Routes } from '../../http/routes.ts';
import { readBody } from '../../http/read-body.ts';
import { paths } from '../../pages/paths.ts';
import { seeOther } from '../../pages/see-other.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import { DevicePages, type DevicePagesDeps } from './device-pages.ts';
import { homePage } from './home-page.ts';
import { showQr } from './qr.ts';
import { showResult } from './result.ts';

export interface PagesDeps extends DevicePagesDeps {
  readonly publicUrl: string;
}

/** Mounts the pages of a login: home, code, decision and outcome. */
export function mountPages({ router }: Routes, deps: PagesDeps): void {
  const { publicUrl, deviceLogin } = deps;
  const body = readBody();
  const pages = new DevicePages(deps);
  router.get(paths.home, async (ctx) => {
    const signedIn = (await deps.sessions.read(ctx)) !== null;
    const input = { apiUrl: publicUrl, switchedOff: !deviceLogin, signedIn };
    showPage(ctx, 200, homePage(input, pageTexts(ctx)));
  });
  router.get(paths.device, pages.open);
  router.get('/device/qr', showQr(publicUrl));
  // Opening the address of a form, such as that of a page that showed a problem, leads to the page with the form.
  for (const form of [paths.code, paths.decision]) router.get(form, (ctx) => seeOther(ctx, paths.device));
  router.post(paths.code, body, pages.submitCode);
  router.post(paths.decision, body, pages.decide);
  router.get(paths.result, showResult(deps));
}
