import { accountScenes } from './account-scenes.ts';
import { codeScenes } from './code-scenes.ts';
import { decisionScenes } from './decision-scenes.ts';
import { frontScenes } from './front-scenes.ts';
import { numberScenes } from './number-scenes.ts';
import { askingScene, recoveryScenes } from './recovery-scenes.ts';
import { problemScenes } from './problem-scenes.ts';
import { providerScenes, providersOnlyScenes, switchedOffScenes } from './provider-scenes.ts';
import type { Scene } from './scene.ts';

/** Scenes of a site with these settings. */
interface Stage {
  readonly title: string;
  readonly env: Readonly<Record<string, string>> & { readonly EMBEDDED_ACCOUNTS?: 'off' };
  readonly scenes: readonly Scene[];
}

/** Every page and every error. A new page is one entry more in one of these lists. */
export const stages: readonly Stage[] = [
  {
    title: 'as it comes',
    // A mail server that is away: pages do not wait for it.
    env: { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'login@example.com' },
    scenes: [
      ...frontScenes,
      ...providerScenes,
      ...codeScenes,
      ...decisionScenes,
      ...accountScenes,
      ...recoveryScenes,
      ...problemScenes,
    ],
  },
  {
    title: 'with number matching',
    env: { NUMBER_MATCHING: 'other-network' },
    scenes: [...numberScenes, askingScene],
  },
  { title: 'with providers alone', env: { EMBEDDED_ACCOUNTS: 'off' }, scenes: providersOnlyScenes },
  { title: 'switched off', env: { DEVICE_LOGIN: 'off' }, scenes: switchedOffScenes },
];
