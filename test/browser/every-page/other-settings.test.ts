import { Site } from '../../support/browser/site.ts';
import { numberScenes } from '../scenes/number-scenes.ts';
import { askingScene } from '../scenes/recovery-scenes.ts';
import { providersOnlyScenes, switchedOffScenes } from '../scenes/provider-scenes.ts';
import { brandScenes, knownProgram } from '../scenes/brand-scenes.ts';
import { exampleBrand } from '../../support/example-brand/settings.ts';
import { look } from './look.ts';

/** Scenes of a site with these settings. */
const stages = [
  {
    title: 'with number matching',
    env: { NUMBER_MATCHING: 'other-network' },
    scenes: [...numberScenes, askingScene],
  },
  { title: 'with providers alone', env: { EMBEDDED_ACCOUNTS: 'off' }, scenes: providersOnlyScenes },
  { title: 'with an example brand', env: { ...exampleBrand, ...knownProgram }, scenes: brandScenes },
  { title: 'switched off', env: { DEVICE_LOGIN: 'off' }, scenes: switchedOffScenes },
] as const;

describe.each(stages)('$title', ({ env, scenes }) => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.open(env);
  });
  afterAll(() => site.close());

  test.each(scenes)(
    '$name, $status: accessible, small and still in every size, light and language, with and without JavaScript',
    async (scene) => {
      const person = 'EMBEDDED_ACCOUNTS' in env ? null : await site.signUp();
      expect(await look({ site, scene, scenes, person })).toEqual([]);
    },
  );
});
