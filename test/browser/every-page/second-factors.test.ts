import { Site } from '../../support/browser/site.ts';
import { factorScenes as scenes } from '../scenes/factor-scenes.ts';
import { look } from './look.ts';

let site: Site;
beforeAll(async () => {
  site = await Site.open({ REQUIRE_SECOND_FACTOR: 'on' }, 'localhost');
});
afterAll(() => site.close());

test.each(scenes)(
  '$name, $status: accessible, small and still in every size, light and language, with and without JavaScript',
  async (scene) => {
    expect(await look({ site, scene, scenes, person: null })).toEqual([]);
  },
);
