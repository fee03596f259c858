import { Site } from '../../support/browser/site.ts';
import { frontScenes } from '../scenes/front-scenes.ts';
import { providerScenes } from '../scenes/provider-scenes.ts';
import { recoveryScenes } from '../scenes/recovery-scenes.ts';
import { look, withMail } from './look.ts';

const scenes = [...frontScenes, ...providerScenes, ...recoveryScenes];

let site: Site;
beforeAll(async () => {
  site = await Site.open(withMail);
});
afterAll(() => site.close());

test.each(scenes)(
  '$name, $status: accessible, small and still in every size, light and language, with and without JavaScript',
  async (scene) => {
    expect(await look({ site, scene, scenes, person: await site.signUp() })).toEqual([]);
  },
);
